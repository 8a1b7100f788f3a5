using Forebay.Storage;
using Forebay.Tool.Parsing;

namespace Forebay.Tool.Verifying;

/// <summary>
/// What files are read through: an instance in the mode that was asked for. Where nothing was said there are two, one
/// past the page cache and one through it for the files whose file system has no other way; each is made when it is
/// first needed. Any thread.
/// </summary>
internal sealed class VerifyInstances : IDisposable
{
    // A file is a relation by itself here, whatever its length: its place in its relation is the checksum's business.
    private const int SegmentBlocks = int.MaxValue;

    // A bulk read's ring is at most an eighth of the pool.
    private const int RingsPerPool = 8;
    private const int RingBaseBytes = 256 << 10;
    private const long PoolBytesMin = 16L << 20;
    private const long PoolBytesMax = 512L << 20;
    private const int CombineLimit = 16;
    private const int HandlesMax = 1024;
    private const int InvalidArgument = 22; // the kernel's word for "not in this mode"

    private readonly string _folder;
    private readonly VerifyOptions _options;
    private readonly Lock _gate = new();
    private readonly ForebayInstance? _direct;
    private ForebayInstance? _buffered;

    /// <summary>Opens the instance that most files will be read through.</summary>
    /// <param name="folder">A folder that exists.</param>
    /// <param name="options">How to read.</param>
    /// <exception cref="StorageException">Direct I/O was asked for, and is refused.</exception>
    /// <exception cref="IoMethodException">The method that was asked for is refused.</exception>
    public VerifyInstances(string folder, VerifyOptions options)
    {
        _folder = folder;
        _options = options;
        if (options.Direct == OnOff.Off)
        {
            _buffered = Open(IoMode.Buffered);
            return;
        }

        try
        {
            _direct = Open(IoMode.Direct);
        }
        catch (StorageException refusal) when (options.Direct == OnOff.Unsaid && IsModeRefusal(refusal))
        {
            _buffered = Open(IoMode.Buffered);
        }
    }

    /// <summary>The instance to begin with.</summary>
    public ForebayInstance First => _direct ?? _buffered!;

    /// <summary>Which method is in use.</summary>
    public MethodReport Method => First.Method;

    /// <summary>Whether the files may change while they are read.</summary>
    public bool IsOnline => _options.Online;

    /// <summary>Modes in use, for people.</summary>
    public string Modes
    {
        get
        {
            lock (_gate)
                return _direct is null ? "buffered" : _buffered is null ? "direct" : "direct and buffered";
        }
    }

    /// <summary>The instance for a file that the first one cannot read, if there may be one.</summary>
    public ForebayInstance? Fallback(StorageException failure)
    {
        if (_direct is null || _options.Direct != OnOff.Unsaid || !IsModeRefusal(failure))
            return null;
        lock (_gate)
            return _buffered ??= Open(IoMode.Buffered);
    }

    /// <summary>Closes them. Their sessions are closed.</summary>
    public void Dispose()
    {
        _direct?.Dispose();
        _buffered?.Dispose();
    }

    private static bool IsModeRefusal(StorageException failure) => failure.Errno == InvalidArgument;

    private ForebayInstance Open(IoMode mode)
    {
        const int BlockBytes = PostgreSql.Pages.PageChecksum.PageSize;
        long ringBytes = RingBaseBytes + ((long)(_options.Concurrency + 1) * CombineLimit * BlockBytes);
        return ForebayInstance.Open(_folder, new ForebayOptions
        {
            BlockBytes = BlockBytes,
            BufferPoolBytes = Math.Clamp(ringBytes * RingsPerPool, PoolBytesMin, PoolBytesMax),
            SegmentBlocks = SegmentBlocks,
            ReadOnly = true,
            IoMethod = _options.Method,
            IoMode = mode,
            IoCombineLimit = CombineLimit,
            IoMaxConcurrency = Math.Clamp(_options.Concurrency, 1, HandlesMax),
            EffectiveIoConcurrency = _options.Concurrency,
            MaintenanceIoConcurrency = _options.Concurrency,
            MaxSessions = _options.Lanes,
            HoldPoints = _options.HoldPoints,
            PageCheck = null, // a bad page is a finding here, no error: the consumer looks
        });
    }
}
