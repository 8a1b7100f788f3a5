using Forebay.Buffers;
using Forebay.Handles;
using Forebay.Telemetry;

namespace Forebay.Conformance.Buffers;

/// <summary>Options that a test changes before they become the immutable ones.</summary>
public sealed class ForebayOptionsDraft
{
    public int PoolPages { get; set; } = 64;

    public int TemporaryPages { get; set; } = 1024;

    public int Concurrency { get; set; } = 64;

    public int Combine { get; set; } = 16;

    public int SegmentBlocks { get; set; } = 131_072;

    public PageCheck? Check { get; set; }

    public IHoldPoints? HoldPoints { get; set; }

    public bool ZeroDamagedPages { get; set; }

    public bool IgnoreChecksumFailure { get; set; }

    public List<Notice> Notices { get; } = [];

    public ForebayOptions ToOptions(string method, bool direct) => new()
    {
        BufferPoolBytes = PoolPages * 8192L,
        TemporaryBufferBytes = TemporaryPages * 8192L,
        IoMethod = Enum.GetValues<IoMethod>().Single(candidate => ForebayNames.Of(candidate) == method),
        IoDirect = direct,
        IoMaxConcurrency = Concurrency,
        IoCombineLimit = Combine,
        SegmentBlocks = SegmentBlocks,
        PageCheck = Check,
        HoldPoints = HoldPoints,
        ZeroDamagedPages = ZeroDamagedPages,
        IgnoreChecksumFailure = IgnoreChecksumFailure,
        OnNotice = notice =>
        {
            lock (Notices)
                Notices.Add(notice);
        },
    };
}
