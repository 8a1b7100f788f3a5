using Forebay.Buffers;
using Forebay.Callbacks;
using Forebay.Diagnostics;
using Forebay.Engine;
using Forebay.Memory;
using Forebay.Processes;
using Forebay.Primitives;
using Forebay.Storage;
using Forebay.Streams;
using Forebay.Targets;
using Forebay.Telemetry;

namespace Forebay;

/// <summary>
/// One buffer pool over one data directory, with its asynchronous I/O: what a program opens. Any thread may use it;
/// work is done in sessions. Disposed last, after its sessions.
/// </summary>
public sealed partial class ForebayInstance : IDisposable
{
    private const byte InstancePageCheck = 1;

    private readonly NamedSegment? _named;
    private readonly SharedSegment _segment;
    private readonly ProcessTable _processes;
    private readonly IoEngine _engine;
    private readonly BufferPool _pool;
    private readonly SegmentArray<long> _ledgers;
    private readonly SegmentArray<long> _claims;
    private readonly int _ledgerLength;
    private readonly HashSet<ForebaySession> _sessions = [];
    private readonly Lock _gate = new();
    private bool _disposed;

    private ForebayInstance(string dataDirectory, ForebayOptions options, bool mayCreate)
    {
        Options = options;
        DataDirectory = dataDirectory;
        Notices = new Notices(options.OnNotice);
        Checks = new PageCheckRegistry();
        if (options.PageCheck is { } check)
            Checks.Register(InstancePageCheck, check);
        InstanceLayout layout = new(options);
        Storage = new StorageManager(dataDirectory, layout.Storage);
        IoCallbackRegistry callbacks = Callbacks();
        IoTargetRegistry targets = Targets();
        try
        {
            _named = OpenNamed(layout, callbacks, targets, mayCreate);
            _segment = _named?.Segment ?? new SharedSegment(layout.Segment, options.HugePages);
            _processes = new ProcessTable(_segment.Array(layout.Processes), isShared: _named is not null,
                _segment.Array(layout.Header), _named is null ? null : _named.TryMark);
            Arenas = new FrameArenas();
            BufferPoolOptions poolOptions = new(FrameArenas.Pool, IoCallbackIds.SharedBufferRead,
                IoCallbackIds.SharedBufferWrite, IsLocal: false, DefaultPageCheck)
            {
                ProcessSlot = _processes.Own,
                Sharers = _named is null ? null : _processes,
            };
            _pool = new BufferPool(_segment, layout.Pool, poolOptions, Storage, Checks);
            Arenas.SetPool(_pool.Arena);
            Pools.Set(FrameArenas.Pool, _pool);
            _ledgers = _segment.Array(layout.Ledgers);
            _claims = _segment.Array(layout.Claims);
            _ledgerLength = layout.LedgerLength;
            StreamDefaults = new ReadStreamDefaults(
                options.EffectiveIoConcurrency,
                options.MaintenanceIoConcurrency,
                options.IoCombineLimit,
                options.VacuumBufferUsageLimitBytes,
                options.ZeroDamagedPages,
                options.IgnoreChecksumFailure);
            Shares = new PinShares(_segment.Array(layout.PinSharers), _pool.FrameCount, _processes.Own);
            ShareWithOthers(layout);
            MethodChoice choice = new(options, _segment, layout, Storage, dataDirectory);
            _engine = new IoEngine(_segment, layout.Engine, callbacks, targets, Arenas, choice.Create,
                options.HoldPoints, _processes);
            Storage.Attach(_engine);
            if (_named is not null)
                _engine.LookAfter(_pool.Descriptors.Waiters);
            Method = choice.Report;
            ProcessSessionOwners owners = new(
                _segment.Array(layout.Engine.Slots), _segment.Array(layout.Processes));
            _seen = new SegmentViews(_segment, layout.Engine, layout.Pool, layout.WorkerQueue, owners,
                new RegisteredTargetNames(_engine.Targets), _engine.Method.Name);
            NoticeSettings();
            DeathPoints.Reach(DeathPoint.AttachedUnsettled);
            Settle();
            StartWatching();
            WatchDeaths(layout);
        }
        catch
        {
            EndWork();
            LeaveSegment();
            throw;
        }
    }

    /// <summary>The settings it was opened with.</summary>
    public ForebayOptions Options { get; }

    /// <summary>Where relation files are.</summary>
    public string DataDirectory { get; }

    /// <summary>Which method is in use, and why.</summary>
    public MethodReport Method { get; }

    /// <summary>Pages that the pool holds.</summary>
    public int PoolPages => _pool.FrameCount;

    internal StorageManager Storage { get; }

    internal IoEngine Engine => _engine;

    internal BufferPool Pool => _pool;

    internal BufferPools Pools { get; } = new();

    internal FrameArenas Arenas { get; }

    internal PageCheckRegistry Checks { get; }

    internal PinShares Shares { get; }

    internal Notices Notices { get; }

    internal ReadStreamDefaults StreamDefaults { get; }

    internal byte DefaultPageCheck => Options.PageCheck is null ? PageCheckRegistry.None : InstancePageCheck;

    /// <summary>Opens an instance over a directory that exists.</summary>
    /// <param name="dataDirectory">Folder of the relation files, laid out as PostgreSQL does.</param>
    /// <param name="options">Settings; null = defaults.</param>
    /// <exception cref="ArgumentException">A setting is out of range; the message names it.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    /// <exception cref="IoMethodException">The method asked for is refused here; the message says by what.</exception>
    /// <exception cref="SharingException">
    /// The instance is to be shared and cannot be created, or not be attached to: the message says why.
    /// </exception>
    /// <exception cref="InstanceStoppedException">
    /// The instance is shared and has stopped; it is made anew once all processes have left it.
    /// </exception>
    public static ForebayInstance Open(string dataDirectory, ForebayOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataDirectory);
        options ??= new ForebayOptions();
        options.Validate();
        if (!Directory.Exists(dataDirectory))
            throw new DirectoryNotFoundException($"The data directory '{dataDirectory}' does not exist.");
        return new ForebayInstance(Path.GetFullPath(dataDirectory), options, mayCreate: true);
    }

    /// <summary>Opens a session: one flow of work. Cheap enough for a task, too dear for a page.</summary>
    /// <exception cref="InvalidOperationException">As many are open as max_sessions allows.</exception>
    /// <exception cref="InstanceStoppedException">See <see cref="StopReason"/>.</exception>
    public ForebaySession OpenSession()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _processes.Sign.Check();
            IoSession io = _engine.OpenSession();
            PinLedger ledger = new(_ledgers, io.Slot * _ledgerLength, _ledgerLength);
            FrameClaims claims = new(_claims, io.Slot * FrameClaims.Length);
            ForebaySession session = new(this, io, new BufferSession(io, _pool, ledger, claims, Shares, Notices)
            {
                IsShared = _named is not null,
            });
            DeathPoints.Reach(DeathPoint.SessionOpened);
            Shares.Change(1);
            _sessions.Add(session);
            ForebayEventSource.Log.SessionStarted(session.Id);
            return session;
        }
    }

    /// <summary>A relation by its numbers; touches no file.</summary>
    public Relation Relation(RelationLocator locator) => new(locator, Storage.Relation);

    /// <summary>
    /// Any file, or run of files <c>path</c>, <c>path.1</c>, <c>path.2</c> …, as if it were a relation's main fork.
    /// </summary>
    /// <exception cref="NotSupportedException">The instance is shared: a plain file has no name that others know.
    /// </exception>
    public RelationFork File(string path)
    {
        if (_named is not null)
        {
            throw new NotSupportedException("A shared instance has relations only: a plain file, named by its path, "
                + "means nothing to the other processes.");
        }

        return Storage.File(path);
    }

    internal void Close(ForebaySession session)
    {
        lock (_gate)
        {
            if (!_sessions.Remove(session))
                return;
            Shares.Change(-1);
            DeathPoints.Reach(DeathPoint.SessionUncounted);
            ForebayEventSource.Log.SessionStopped(session.Id);
        }
    }

    // What is accepted though it cannot all be had.
    private void NoticeSettings()
    {
        if (Method.Effective == IoMethod.Worker && Options.IoMinWorkers > Options.IoMaxWorkers)
        {
            Notices.Raise("io-workers", $"Setting io_min_workers is {Options.IoMinWorkers}, above io_max_workers, "
                + $"which is {Options.IoMaxWorkers}: there are never more than {Options.IoMaxWorkers} workers.");
        }
    }

    private IoCallbackRegistry Callbacks()
    {
        IoCallbackRegistry callbacks = new();
        callbacks.Register(IoCallbackIds.Storage, Storage.Callback);
        foreach (byte id in (ReadOnlySpan<byte>)[IoCallbackIds.SharedBufferRead, IoCallbackIds.LocalBufferRead])
            callbacks.Register(id, new BufferReadCallback(id, Pools, Checks, Storage.Target));
        foreach (byte id in (ReadOnlySpan<byte>)[IoCallbackIds.SharedBufferWrite, IoCallbackIds.LocalBufferWrite])
            callbacks.Register(id, new BufferWriteCallback(id, Pools));
        return callbacks;
    }

    private IoTargetRegistry Targets()
    {
        IoTargetRegistry targets = new();
        targets.Register(IoTargetIds.Relation, Storage.Target);
        return targets;
    }

    /// <summary>
    /// Closes the instance. Sessions that are still open are closed, with a notice; every operation in flight is waited
    /// for. Dirty pages are not written: flush first. Of an instance that has stopped nothing can be written any more;
    /// leaving it is as ever, and once all have left, the next one who opens it makes it anew.
    /// </summary>
    public void Dispose()
    {
        ForebaySession[] left;
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            left = [.. _sessions];
        }

        foreach (ForebaySession session in left)
        {
            Notices.Raise("session-leak", $"Session {session.Id} was still open when its instance was disposed.");
            session.Dispose();
        }

        EndWork();
        Invariant.Check(_engine.OpenSessions == 0, "I-09: the segment was released under an open session");
        StopWatching();
        LeaveSegment();
    }
}
