namespace Forebay.Tool.Verifying;

/// <summary>What has been found so far. Any thread.</summary>
/// <param name="onBad">Hears of each bad page at once, with the place of its file.</param>
internal sealed class VerifyTally(Action<VerifyReport.BadPage, string> onBad)
{
    private readonly Lock _gate = new();
    private readonly List<VerifyReport.BadPage> _bad = [];
    private readonly List<VerifyReport.FileError> _errors = [];
    private long _files;
    private long _blocks;

    /// <summary>Files that could be opened.</summary>
    public long Files => Interlocked.Read(ref _files);

    /// <summary>Pages read.</summary>
    public long Blocks => Interlocked.Read(ref _blocks);

    /// <summary>A file was opened.</summary>
    public void CountFile() => Interlocked.Increment(ref _files);

    /// <summary>Pages were read.</summary>
    public void CountBlocks(int blocks) => Interlocked.Add(ref _blocks, blocks);

    /// <summary>A page's checksum is wrong.</summary>
    public void Add(VerifyReport.BadPage page, VerifyInput input)
    {
        lock (_gate)
        {
            _bad.Add(page);
            onBad(page, input.Place);
        }
    }

    /// <summary>Something kept a file from being read to its end.</summary>
    public void Add(VerifyReport.FileError error)
    {
        lock (_gate)
            _errors.Add(error);
    }

    /// <summary>The bad pages, in order of file and block.</summary>
    public IReadOnlyList<VerifyReport.BadPage> Bad()
    {
        lock (_gate)
        {
            return [.. _bad.OrderBy(page => page.File, StringComparer.Ordinal).ThenBy(page => page.Block)];
        }
    }

    /// <summary>The errors, in order of file.</summary>
    public IReadOnlyList<VerifyReport.FileError> Errors()
    {
        lock (_gate)
            return [.. _errors.OrderBy(error => error.File, StringComparer.Ordinal)];
    }
}
