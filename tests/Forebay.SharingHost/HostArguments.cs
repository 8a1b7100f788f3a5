using System.Globalization;

namespace Forebay.SharingHost;

/// <summary>What a member is told on its command line.</summary>
internal sealed record HostArguments(
    string Data, string Folder, string Name, IoMethod Method, string Work, int Operations, int Seed, int Sessions,
    int PoolPages)
{
    private const string Direct = "direct-";

    /// <summary>Work of a name that begins with "direct-" passes the page cache by.</summary>
    public bool IsDirect { get; private init; }

    public static HostArguments Parse(string[] words)
    {
        bool isDirect = words[4].StartsWith(Direct, StringComparison.Ordinal);
        return new HostArguments(
            words[0], words[1], words[2], Enum.Parse<IoMethod>(words[3]),
            isDirect ? words[4][Direct.Length..] : words[4], Number(words[5]), Number(words[6]), Number(words[7]),
            Number(words[8])) { IsDirect = isDirect };
    }

    public ForebayOptions Options() => new()
    {
        Sharing = Sharing.Named(Name, Folder),
        BufferPoolBytes = PoolPages * 8192L,
        IoMethod = Method,
        IoMode = IsDirect ? IoMode.Direct : IoMode.Buffered,
        MaxSessions = 32,
        IoMaxConcurrency = 16,
        IoMinWorkers = 1,
        IoMaxWorkers = 4,
        IoUringRings = 2,
        SegmentBlocks = 96,
    };

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);
}
