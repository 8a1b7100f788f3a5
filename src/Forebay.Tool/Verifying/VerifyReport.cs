namespace Forebay.Tool.Verifying;

/// <summary>What <c>forebay verify --json</c> prints.</summary>
internal sealed class VerifyReport
{
    /// <summary>Files whose pages were looked at.</summary>
    public long FilesScanned { get; set; }

    /// <summary>Pages that were read, new ones included.</summary>
    public long BlocksScanned { get; set; }

    /// <summary>Pages whose checksum is wrong.</summary>
    public long BadChecksums => Bad.Count;

    /// <summary>Those pages.</summary>
    public List<BadPage> Bad { get; } = [];

    /// <summary>Files that could not be read to their end.</summary>
    public List<FileError> Errors { get; } = [];

    /// <summary>Method in use.</summary>
    public string IoMethod { get; set; } = string.Empty;

    /// <summary>Duration of the scan.</summary>
    public double Seconds { get; set; }

    /// <summary>Mebibytes per second.</summary>
    public double MibPerS { get; set; }

    /// <summary>CPU seconds of the process, its kernel threads included.</summary>
    public double CpuS { get; set; }

    /// <summary>A page whose checksum is wrong.</summary>
    /// <param name="File">The file, relative to the data directory.</param>
    /// <param name="Block">Block within that file.</param>
    /// <param name="Calculated">Checksum of the contents, upper-case hexadecimal.</param>
    /// <param name="Stored">Checksum in the page, upper-case hexadecimal.</param>
    internal sealed record BadPage(string File, uint Block, string Calculated, string Stored);

    /// <summary>A file that could not be read to its end.</summary>
    /// <param name="File">The file, relative to the data directory.</param>
    /// <param name="Message">What was wrong.</param>
    internal sealed record FileError(string File, string Message);
}
