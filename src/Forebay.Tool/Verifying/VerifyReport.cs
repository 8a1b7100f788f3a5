using System.Text.Json.Serialization;
using Forebay.Tool.Output;

namespace Forebay.Tool.Verifying;

/// <summary>What <c>forebay verify --json</c> prints.</summary>
internal sealed class VerifyReport
{
    /// <summary>Files that could be opened.</summary>
    public required long FilesScanned { get; init; }

    /// <summary>Pages that were read, new ones included.</summary>
    public required long BlocksScanned { get; init; }

    /// <summary>Pages whose checksum is wrong.</summary>
    public long BadChecksums => Bad.Count;

    /// <summary>Those pages, in order of file and block.</summary>
    public required IReadOnlyList<BadPage> Bad { get; init; }

    /// <summary>Files that could not be read, or not all of them, in order.</summary>
    public required IReadOnlyList<FileError> Errors { get; init; }

    /// <summary>Method in use.</summary>
    public required string IoMethod { get; init; }

    /// <summary>Seconds from the first look at the paths to the last page.</summary>
    public required double Seconds { get; init; }

    /// <summary>Mebibytes of pages per second.</summary>
    public required double MibPerS { get; init; }

    /// <summary>CPU seconds, user and system, of the process during that time.</summary>
    public required double CpuS { get; init; }

    /// <summary>A page whose checksum is wrong.</summary>
    /// <param name="File">The file, relative to the data directory, or as it was given.</param>
    /// <param name="Block">Block within that file.</param>
    /// <param name="Calculated">Checksum of the contents.</param>
    /// <param name="Stored">Checksum in the page.</param>
    internal readonly record struct BadPage(
        string File,
        uint Block,
        [property: JsonConverter(typeof(ChecksumConverter))] ushort Calculated,
        [property: JsonConverter(typeof(ChecksumConverter))] ushort Stored);

    /// <summary>A file that could not all be read, or a directory that could not be listed.</summary>
    /// <param name="File">The file, relative to the data directory, or as it was given.</param>
    /// <param name="Message">What was wrong.</param>
    internal sealed record FileError(string File, string Message);
}
