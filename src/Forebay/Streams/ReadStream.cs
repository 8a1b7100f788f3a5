using System.Runtime.ExceptionServices;
using Forebay.Buffers;
using Forebay.Primitives;
using Forebay.Storage;

namespace Forebay.Streams;

/// <summary>
/// Reads the blocks that a source names, and hands their pages out in that order, pinned. While the consumer works on a
/// page the stream looks ahead: it merges neighbouring blocks into one operation, keeps several operations in flight,
/// and does both only as far as it helps (<see cref="LookAheadDistance"/>).
/// <code>
///            oldest                        next            pending
/// pins     [  p   p   p | p   p | p ... ][  f   f  ]     start, count: named, not yet started
///            run 0        run 1            forwarded: pinned by a run that then came out shorter
/// </code>
/// One flow at a time, that of its session. Several streams of a session may be used in turn.
/// </summary>
/// <remarks>
/// Looking ahead never waits; only the page that is due is waited for. A page that cannot be read, or an exception of
/// the source, is raised when its turn comes, after the pages before it; from then on every call raises it again, until
/// <see cref="Reset"/>. Nothing that the kernel is still writing to is given up by an exception, a cancellation or a
/// disposal: an operation in flight holds pins of its own.
/// </remarks>
public abstract partial class ReadStream : IAsyncEnumerable<PinnedPage>, IDisposable
{
    /// <summary>Most pages that one stream may have pinned; a session's ledger holds no more.</summary>
    private const int PinnedMax = PinLedger.CapacityMax;

    /// <summary>
    /// Most operations that a full stream gathers into one submission: past this a system call's price no longer shows.
    /// </summary>
    private const int GatherMax = 16;

    /// <summary>A third of what may be in flight is gathered at most, so that the device never runs short.</summary>
    private const int GatherShare = 3;

    private readonly BufferSession _session;
    private readonly BufferPin[] _pins; // a ring, and behind it room for the tail of a run that begins near its end
    private readonly ReadRun[] _runs;
    private readonly int[] _runSlots; // where in the ring each run begins
    private readonly int _ringSize;
    private readonly int _combineLimit;
    private readonly bool _mayGoCached; // nothing is remembered of the blocks
    private readonly bool _useBatching;
    private readonly bool _useAdvice;
    private readonly int _gather; // operations that must have room before a full stream starts any again
    private readonly ReadRunFlags _runFlags;
    private ReadRunRequest _request;
    private LookAheadDistance _distance;
    private int _oldest;
    private int _next;
    private int _pinned;
    private int _forwarded;
    private int _oldestRun;
    private int _nextRun;
    private int _running;
    private uint _pendingStart;
    private int _pendingCount;
    private uint _ungotBlock;
    private bool _hasUngot;
    private long _sequentialBlock = -1; // the block after the last operation's, or -1
    private long _adviseUntil = -1; // the first block of the jump that was advised, until it is waited for; or -1
    private ReadRunStart _refusal;
    private int _endsOfWork;
    private bool _isLookingAhead;
    private bool _isFull; // as many operations in flight as may be, when it last looked ahead
    private bool _isDisposed;
    private ExceptionDispatchInfo? _failure;

    private protected ReadStream(
        BufferSession session, RelationFork fork, ReadStreamOptions options, ReadStreamDefaults defaults,
        bool mayGoCached,
        bool mayBatch)
    {
        options.Validate();
        byte check = options.PageCheck ?? session.Pool.Options.DefaultPageCheck;
        session.Pool.Checks.ThrowIfUnknown(check);
        int configured = (options.Flags & ReadStreamFlags.Maintenance) != 0
            ? defaults.MaintenanceConcurrency
            : defaults.Concurrency;
        int concurrency = options.Concurrency ?? configured;
        _session = session;
        _mayGoCached = mayGoCached;
        _combineLimit = Math.Min(
            options.CombineLimit ?? defaults.CombineLimit, session.Io.Engine.Handles.CombineMax);
        StrategyRing? ring = session.Pool.Options.IsLocal
            ? null
            : StrategyRing.Create(options.Strategy, session.Pool.FrameCount, session.Pool.BlockBytes,
                _combineLimit * concurrency, defaults.VacuumRingBytes);
        _request = new ReadRunRequest(fork, ring, check);

        int capacity = (concurrency + 1) * _combineLimit;
        capacity = Math.Min(capacity, PinnedMax - _combineLimit);
        capacity = Math.Min(capacity, ring?.PinLimit ?? session.Pool.FrameCount);
        capacity = Math.Max(1, Math.Min(capacity, session.Ledger.Capacity));
        _distance = new LookAheadDistance(
            capacity, _combineLimit, (options.Flags & ReadStreamFlags.Full) != 0);

        // One slot more than can be pinned: what is remembered of the page handed out last stays until the next call.
        _ringSize = capacity + 1;
        _pins = new BufferPin[_ringSize + _combineLimit - 1];
        _runs = new ReadRun[Math.Max(1, concurrency)];
        for (int i = 0; i < _runs.Length; i++)
            _runs[i] = new ReadRun(session);
        _runSlots = new int[_runs.Length];
        _endsOfWork = session.EndsOfWork;
        _useBatching = mayBatch || (options.Flags & ReadStreamFlags.UseBatching) != 0;
        _gather = _useBatching ? Math.Clamp(_runs.Length / GatherShare, 1, GatherMax) : 1;
        _useAdvice = session.Io.Engine.Method.ReadsWhenWaited
            && (options.Flags & ReadStreamFlags.Sequential) == 0
            && concurrency > 0
            && session.Pool.Storage.Options.FileMode == StorageFileMode.Buffered;
        _runFlags = (concurrency == 0 ? ReadRunFlags.Synchronous : 0)
            | (options.ZeroOnError ?? defaults.ZeroOnError ? ReadRunFlags.ZeroOnError : 0)
            | (options.IgnoreChecksumFailure ?? defaults.IgnoreChecksumFailure
                ? ReadRunFlags.IgnoreChecksumFailure : 0);
    }

    /// <summary>The fork that is read.</summary>
    public RelationFork Fork => _request.Fork;

    /// <summary>The page of the last <see cref="NextAsync"/> that came out true; the caller's to dispose.</summary>
    public PinnedPage Current { get; private protected set; }

    /// <summary>Slots of the ring, for what is remembered of each page.</summary>
    private protected int RingSize => _ringSize;

    /// <summary>The slot from which the last page was taken.</summary>
    private protected int TakenSlot => (_oldest == 0 ? _ringSize : _oldest) - 1;

    /// <summary>
    /// Stops looking ahead. What is ready or under way is delivered; then there is no page until <see cref="Resume"/>.
    /// A block source may call it.
    /// </summary>
    public void Pause()
    {
        LeaveCached();
        _distance.Stop();
    }

    /// <summary>
    /// Goes on after <see cref="Pause"/>, or after the source had no more blocks: it is asked again. The stream looks
    /// as far ahead as before.
    /// </summary>
    public void Resume() => _distance.Resume();

    /// <summary>
    /// Forgets what was named and not delivered, and any failure, and begins to look ahead anew. The source goes on
    /// where it is. Operations in flight are left to themselves.
    /// </summary>
    public void Reset()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        CheckNotLookingAhead();
        Truncate(0);
        _distance.Restart();
        _failure = null;
        _sequentialBlock = _adviseUntil = -1;
        _endsOfWork = _session.EndsOfWork;
    }

    /// <summary>
    /// Takes frames from the whole pool from now on, whatever strategy the stream was opened with: for maintenance that
    /// has to hurry.
    /// </summary>
    public void ClearStrategy() => _request = _request with { Ring = null };

    /// <summary>
    /// Ends the stream at once. Operations in flight go on and end by themselves; pages handed out stay the consumer's.
    /// </summary>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        CheckNotLookingAhead();
        Truncate(0);
        _distance.Stop();
        _isDisposed = true;
        GC.SuppressFinalize(this);
    }

    /// <summary>Pages in order, each the consumer's to dispose. The stream can be used further afterwards.</summary>
    public IAsyncEnumerator<PinnedPage> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        new ReadStreamEnumerator(this, cancellationToken);

    /// <summary>The fork's size, if a range needs it.</summary>
    private protected uint BlocksIfOpen(BlockRange range) =>
        range.End == BlockRange.ToEnd ? _session.Pool.Storage.GetBlockCount(Fork) : 0;

    private void CheckNotLookingAhead()
    {
        if (_isLookingAhead)
            throw new InvalidOperationException("A block source must not use the stream that asks it.");
    }

    /// <summary>
    /// Gives everything back behind the first <paramref name="keep"/> pages of the queue: pins, what is pending, and
    /// the runs that begin there; what they have in flight ends by itself.
    /// </summary>
    private void Truncate(int keep)
    {
        LeaveCached();
        Invariant.Check(keep <= _pinned, "I-60: a stream was to keep more pages than it had", keep, _pinned);
        while (_running > 0)
        {
            int youngest = (_nextRun == 0 ? _runs.Length : _nextRun) - 1;
            if ((_runSlots[youngest] - _oldest + _ringSize) % _ringSize < keep)
                break;
            _runs[youngest].Abandon();
            _nextRun = youngest;
            _running--;
        }

        // The tail room holds copies of pins at the front, or, after an exception in a start, pins of their own.
        for (int i = 0; i < _combineLimit - 1; i++)
        {
            if (_pins[_ringSize + i] != _pins[i])
                GiveBack(ref _pins[_ringSize + i]);
        }

        for (int position = keep; position < _ringSize; position++)
        {
            int slot = (_oldest + position) % _ringSize;
            GiveBack(ref _pins[slot]);
            if (slot < _combineLimit - 1)
                _pins[_ringSize + slot] = default;
        }

        _wasted += _pinned - keep + _forwarded;
        _pinned = keep;
        _next = (_oldest + keep) % _ringSize;
        _forwarded = _pendingCount = 0;
        _hasUngot = false;
    }

    private void GiveBack(ref BufferPin pin)
    {
        // Not held any more: the session has ended its work, and with it all its pins.
        if (pin.IsValid && _session.Ledger.Holds(pin))
            _session.Unpin(pin);
        pin = default;
    }
}
