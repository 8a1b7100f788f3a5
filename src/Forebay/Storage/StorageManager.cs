using Forebay.Callbacks;
using Forebay.Engine;
using Forebay.Handles;
using Forebay.Interop;
using Forebay.Targets;

namespace Forebay.Storage;

/// <summary>
/// Relations as files: names, segments, sizes, transfers of blocks. Any thread, except where a member says otherwise.
/// Made before the engine (it brings a target and a callback), attached to it, disposed when no operation is in
/// flight, before the engine's memory.
/// </summary>
/// <remarks>
/// A fork is a chain of segment files. On disk every segment before the last non-empty one is full; segments behind
/// that may exist with length zero (truncation leaves them). Block numbers here count from the start of the relation.
/// Lock order: Extend, size or names gate of a fork (where there are several
/// processes, the shared one first), FilesGate of the same fork, the file table's own. A thread that
/// holds a lease takes none of them. Two forks' gates are never held together.
/// </remarks>
internal sealed partial class StorageManager : IDisposable
{
    private readonly StorageOptions _options;
    private readonly StorageCalls _calls;
    private readonly OperationsOnFile _operations = new();
    private readonly AlignedPages _pages;
    private readonly FileOpener _opener;
    private readonly ForkTable _forks;
    private readonly string _dataDirectory;
    private bool _disposed;

    /// <summary>Storage in a data directory, which need not exist until a relation is made in it.</summary>
    /// <exception cref="ArgumentException">A setting cannot be.</exception>
    /// <exception cref="StorageException">
    /// Direct I/O was asked for and the data directory's file system refuses it.
    /// </exception>
    public StorageManager(string dataDirectory, StorageOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataDirectory);
        options.Validate();
        _dataDirectory = Path.GetFullPath(dataDirectory);
        _options = options;
        _calls = new StorageCalls(options.Faults);
        _pages = new AlignedPages(options.BlockBytes);
        _opener = new FileOpener(options, _calls, _pages);
        _forks = new ForkTable(_dataDirectory, options.TablespaceVersion);
        Files = new FileTable(FileTable.CapacityFor(options.OpenFilesMax), _calls, _operations);
        Target = new RelationTarget(this);
        Callback = new StorageCallback(this, options.BlockBytes);
        if (options.FileMode == StorageFileMode.Direct && _opener.DirectRefusal(_dataDirectory) is { } refusal)
        {
            Dispose();
            throw new StorageException(
                $"The data directory \"{dataDirectory}\" cannot be used: {refusal}.",
                dataDirectory,
                (int)Errno.InvalidArgument);
        }
    }

    /// <summary>The settings.</summary>
    public StorageOptions Options => _options;

    /// <summary>Bytes per block.</summary>
    public int BlockBytes => _options.BlockBytes;

    /// <summary>The open files.</summary>
    public FileTable Files { get; }

    /// <summary>The target that operations on relation files name.</summary>
    public RelationTarget Target { get; }

    /// <summary>The callback that operations on relation files carry.</summary>
    public StorageCallback Callback { get; }

    /// <summary>File systems met so far; in the modes direct and uncached.</summary>
    public IReadOnlyCollection<FileSystemFacts> FileSystems => _opener.FileSystems.All;

    /// <summary>Registers target and callback under their ids, before the engine is made.</summary>
    public void Register(IoCallbackRegistry callbacks, IoTargetRegistry targets)
    {
        callbacks.Register(IoCallbackIds.Storage, Callback);
        targets.Register(IoTargetIds.Relation, Target);
    }

    /// <summary>Names the engine whose operations use the files, before the first is started.</summary>
    public void Attach(IoEngine engine) => _operations.Attach(engine);

    /// <summary>A fork of a relation; the same object each time. Known already: no lock, no allocation.</summary>
    /// <exception cref="ArgumentException">The locator names no place.</exception>
    public RelationFork Relation(RelationLocator locator, ForkNumber fork) =>
        _forks.Get(new ForkIdentity(locator, fork, RelationPaths.NoSession));

    /// <summary>A fork of a session's temporary relation; the same object each time.</summary>
    /// <exception cref="ArgumentException">The locator names no place, or the session is negative.</exception>
    public RelationFork Temporary(int session, RelationLocator locator, ForkNumber fork)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(session);
        return _forks.Get(new ForkIdentity(locator, fork, session));
    }

    /// <summary>Any file as a fork: the path, then <c>.1</c>, <c>.2</c> … One object per full path.</summary>
    public RelationFork File(string basePath) => _forks.File(basePath);

    /// <summary>Forks that there is an object for.</summary>
    public int ForksKnown => _forks.Count;

    /// <summary>
    /// Closes a fork's files and drops the object, so that a process that meets ever new relations does not grow.
    /// Operations in flight are seen through. The object is void afterwards: whoever uses it is told so. Its pages have
    /// left the pool before.
    /// </summary>
    public void Forget(RelationFork fork)
    {
        using (EnterNames(fork))
        {
            lock (fork.FilesGate)
            {
                CloseFilesLocked(fork, keepSyncPromise: true);
                fork.EndForgetting(ForkUse.Forgotten);
            }

            _forks.Remove(fork);
        }
    }

    /// <summary>Segment that a block lies in.</summary>
    public int SegmentOf(uint block) => (int)(block / (uint)_options.SegmentBlocks);

    /// <summary>Blocks from a block to the end of its segment, itself included: no operation is longer.</summary>
    public int CombineMax(uint block) => _options.SegmentBlocks - (int)(block % (uint)_options.SegmentBlocks);

    /// <summary>Closes all files. No operation is in flight.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Files.Dispose();
        _pages.Dispose();
    }

    /// <summary>Leases a segment's file, opening it if need be. The caller holds no other lease.</summary>
    /// <returns>Zero, or -errno.</returns>
    /// <exception cref="ObjectDisposedException">The fork was forgotten.</exception>
    internal int Lease(RelationFork fork, int segment, bool forWrite, FileCreation creation, out FileLease lease)
    {
        fork.ThrowIfForgotten(forWrite);
        if (_shared is not null)
            Refresh(fork);
        if (creation != FileCreation.MustBeNew && Files.TryLease(fork.File(segment), forWrite, out lease))
            return 0;
        lock (fork.FilesGate)
        {
            fork.ThrowIfForgotten(forWrite); // again: what is opened now stays open until the gate is taken once more
            if (creation != FileCreation.MustBeNew && Files.TryLease(fork.File(segment), forWrite, out lease))
                return 0;
            return Files.Open(fork, segment, creation, forWrite, _opener, out lease);
        }
    }

    /// <summary>The fork of an identity as a handle carries it; false if it names nothing in this process.</summary>
    internal bool TryResolve(ForkIdentity identity, out RelationFork? fork)
    {
        if (_forks.TryGet(identity, out fork))
            return fork!.Use != ForkUse.Forgotten;
        if (identity.Locator.Tablespace == 0)
            return false; // a plain file's number means something in the process that gave it only
        fork = _forks.Get(identity);
        return true;
    }

    /// <summary>File and blocks of an operation, for people.</summary>
    internal BlockRun RunOf(RelationTargetData target)
    {
        bool isKnown = _forks.TryGet(target.Identity, out RelationFork? fork);
        string path = isKnown ? fork!.Path : PathOf(target.Identity);
        return new BlockRun(fork, RelationPaths.Segment(path, SegmentOf(target.Block)), target.Block, target.Count);
    }

    /// <summary>
    /// A sync that was issued through a handle has failed. Runs in completion: no lock, no allocation.
    /// </summary>
    internal void MarkSyncFailed(in IoTargetData target, int errno)
    {
        if (_forks.TryGet(RelationTargetData.Unpack(target).Identity, out RelationFork? fork))
            fork!.MarkSyncFailed(errno);
    }

    private string PathOf(ForkIdentity identity) => identity.Locator.Tablespace == 0
        ? "(a file of another process)"
        : RelationPaths.Base(identity.Locator, identity.Fork, identity.Session, _options.TablespaceVersion);

    private BlockRun RunOf(RelationFork fork, uint block, int count) =>
        new(fork, fork.SegmentPath(SegmentOf(block)), block, count);

    private long OffsetOf(uint block) => (long)(block % (uint)_options.SegmentBlocks) * _options.BlockBytes;

    private void CheckWritable()
    {
        if (_options.ReadOnly)
            throw new InvalidOperationException("This storage was opened for reading only.");
    }
}
