using Forebay.Handles;
using Forebay.Interop;
using Forebay.Primitives;
using Forebay.Targets;

namespace Forebay.Storage;

/// <summary>
/// The files that this process has open, at most <see cref="Capacity"/> of them. An operation leases its file for as
/// long as it uses the descriptor; a file that nobody leases may be closed at any time to make room (a clock: what was
/// leased lately gets another round). Whoever finds it closed opens it again.
/// </summary>
/// <remarks>
/// <code>
///  TryLease      generation and state in one compare-and-swap; no lock           any thread
///  Release       one decrement, wakes who waits for it                           any thread, completion too
///  Open          takes a free slot, else evicts, else waits for an operation     holding the fork's FilesGate
///  Close         no new leases, waits for those there are, then closes           holding the fork's FilesGate
/// </code>
/// Deadlock rules: a thread that holds a lease takes no gate and waits for nothing but the kernel, so leases end
/// without anybody's help except that of the operation's method; that help is given by waiting for the operation
/// (<see cref="OperationsOnFile"/>). Nobody sleeps here without having looked for such operations after announcing
/// himself, and an issuer tells the slot when a new one can be found (<see cref="Started"/>).
/// </remarks>
internal sealed partial class FileTable : IDisposable
{
    private readonly FileSlot[] _slots;
    private readonly RelationFork?[] _owners;
    private readonly int[] _segments;
    private readonly int[] _free;
    private readonly Lock _gate = new();
    private readonly StorageCalls _calls;
    private IFileSlotListener? _listener;
    private int _freeCount;
    private int _hand;

    /// <summary>A table of a number of slots.</summary>
    public FileTable(int capacity, StorageCalls calls, OperationsOnFile operations)
    {
        _calls = calls;
        _operations = operations;
        _slots = GC.AllocateArray<FileSlot>(capacity, pinned: true);
        _owners = new RelationFork?[capacity];
        _segments = new int[capacity];
        _free = new int[capacity];
        for (int slot = capacity - 1; slot >= 0; slot--)
            _free[_freeCount++] = slot; // slot 0 on top: slots in use stay dense
    }

    /// <summary>Number of slots; slot numbers are below it.</summary>
    public int Capacity => _slots.Length;

    /// <summary>Slots that hold a file, or are about to.</summary>
    public int InUse
    {
        get
        {
            lock (_gate)
                return _slots.Length - _freeCount;
        }
    }

    /// <summary>Who follows the slots. Set once, before the first file is opened.</summary>
    /// <exception cref="InvalidOperationException">There is one, or files are open.</exception>
    public IFileSlotListener? Listener
    {
        get => _listener;
        set
        {
            if (_listener is not null || InUse != 0)
                throw new InvalidOperationException(
                    "The file table's listener is set once, before any file is opened.");
            _listener = value;
        }
    }

    /// <summary>How many files the process may keep open for data, given its limit.</summary>
    public static int CapacityFor(int openFilesMax)
    {
        const long ReservedMax = 256; // assemblies, sockets, rings, terminals
        long limit = FileSystemCalls.OpenFilesLimit();
        long usable = limit - Math.Min(ReservedMax, limit / 4);
        return (int)Math.Clamp(usable, 1, openFilesMax);
    }

    /// <summary>Leases an open file. No lock, no allocation.</summary>
    /// <returns>False if it is not open any more under this reference.</returns>
    public bool TryLease(FileReference file, bool forWrite, out FileLease lease)
    {
        if (file.IsValid && _slots[file.Slot].TryLease(file.Generation, forWrite))
        {
            lease = new FileLease(_slots[file.Slot].Descriptor, file.Slot);
            return true;
        }

        lease = FileLease.None;
        return false;
    }

    /// <summary>Gives a lease back. Never blocks, throws or allocates.</summary>
    public void Release(FileLease lease) => _slots[lease.Slot].Release();

    /// <summary>
    /// An operation that holds the lease has been started, so that who waits for the file can find it.
    /// </summary>
    public void Started(FileLease lease) => _slots[lease.Slot].Signal();

    /// <summary>Whether transfers of a leased file may carry the uncached flag.</summary>
    public bool IsUncached(FileLease lease) => _slots[lease.Slot].IsUncached;

    /// <summary>Before a sync of a leased file.</summary>
    public void BeginSync(FileLease lease) => _slots[lease.Slot].BeginSync();

    /// <summary>Opens a segment file in a slot, with a lease for the caller, who holds the fork's FilesGate.</summary>
    /// <returns>Zero, or -errno.</returns>
    public int Open(
        RelationFork fork, int segment, FileCreation creation, bool forWrite, FileOpener opener, out FileLease lease)
    {
        lease = FileLease.None;
        AwaitEviction(fork.File(segment));
        int slot = TakeSlot();
        ref FileSlot record = ref _slots[slot];
        int descriptor = -(int)Errno.InvalidArgument;
        bool isUncached = false;
        try
        {
            descriptor = OpenOrEvict(fork, segment, creation, opener, out isUncached);
        }
        finally
        {
            // An exception as well (memory ran out over a path): a slot must not be lost in Opening.
            if (descriptor < 0)
            {
                record.Abandon();
                ReturnSlot(slot);
            }
        }

        if (descriptor < 0)
            return descriptor;

        _segments[slot] = segment;
        _owners[slot] = fork; // plain: read by whoever owns the slot in Closing, after the moves in between
        _listener?.Opened(slot, descriptor);
        FileReference reference = new(slot, record.Publish(descriptor, isUncached));
        if (forWrite)
            record.MarkWritten();
        fork.Remember(segment, reference);
        lease = new FileLease(descriptor, slot);
        return 0;
    }

    // The process may be allowed fewer descriptors than was thought: then ours make room, one by one.
    private int OpenOrEvict(
        RelationFork fork, int segment, FileCreation creation, FileOpener opener, out bool isUncached)
    {
        int descriptor;
        do
            descriptor = opener.Open(fork, segment, creation, out isUncached);
        while (descriptor is -(int)Errno.TooManyFiles or -(int)Errno.FileTableFull && TryEvictOne());
        return descriptor;
    }

    private int TakeSlot()
    {
        while (true)
        {
            if (TryTakeFree(out int slot))
            {
                _slots[slot].BeginOpening();
                return slot;
            }

            if (TrySweep(out int victim))
            {
                CloseUnleased(victim, syncWritten: true);
                _slots[victim].EndClosing(FileSlotState.Opening);
                return victim;
            }

            WaitForAny();
        }
    }

    private bool TryTakeFree(out int slot)
    {
        lock (_gate)
        {
            slot = _freeCount > 0 ? _free[--_freeCount] : -1;
            return slot >= 0;
        }
    }

    private void ReturnSlot(int slot)
    {
        lock (_gate)
            _free[_freeCount++] = slot;
    }

    private bool TryEvictOne()
    {
        if (!TrySweep(out int victim))
            return false;
        CloseUnleased(victim, syncWritten: true);
        _slots[victim].EndClosing(FileSlotState.Free);
        ReturnSlot(victim);
        return true;
    }

    /// <summary>
    /// Finds a file that nobody uses and moves it to Closing. First round: neither recent nor written (the hand takes
    /// the recent bits away); second: not written, since those must be synced before they may be closed; third: any.
    /// </summary>
    private bool TrySweep(out int victim)
    {
        const int Rounds = 3;
        lock (_gate)
        {
            for (int step = 0; step < Rounds * _slots.Length; step++)
            {
                victim = _hand;
                _hand = _hand + 1 == _slots.Length ? 0 : _hand + 1;
                ref FileSlot record = ref _slots[victim];
                FileSlotWord seen = record.Word;
                if (seen.State != FileSlotState.Open || seen.Leases != 0)
                    continue;
                int round = step / _slots.Length;
                if (round == 0 && seen.IsRecent)
                    record.MakeOld(seen);
                else if ((round == 2 || !seen.IsWritten) && record.TryBeginEviction(seen))
                    return true;
            }
        }

        victim = -1;
        return false;
    }

    /// <summary>Closes the file of a slot in Closing without leases; the caller moves the slot on.</summary>
    private void CloseUnleased(int slot, bool syncWritten)
    {
        ref FileSlot record = ref _slots[slot];
        FileSlotWord seen = record.Word;
        Invariant.Check(seen is { State: FileSlotState.Closing, Leases: 0 }, "I-55: a leased file is being closed");
        RelationFork? owner = _owners[slot];

        // The kernel reports a failed write-back to those who have the file open. With nobody left it may forget the
        // failure together with the file, so what was written is made durable while somebody listens.
        if (syncWritten && seen.IsWritten && owner is { IsTemporary: false })
        {
            int result = _calls.Sync(new SegmentFile(owner, _segments[slot], record.Descriptor), dataOnly: true);
            if (result < 0)
                owner.MarkSyncFailed(-result);
        }

        _listener?.Closing(slot);
        _owners[slot] = null;
        int descriptor = record.Descriptor;
        record.Descriptor = -1; // plain: this thread owns the slot until its next move
        _ = FileSystemCalls.Close(descriptor);
    }
}
