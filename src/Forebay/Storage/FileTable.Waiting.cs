using Forebay.Handles;
using Forebay.Primitives;

namespace Forebay.Storage;

/// <summary>Closing files that may be in use, and waiting for files that all are.</summary>
internal sealed partial class FileTable
{
    private readonly OperationsOnFile _operations;

    /// <summary>
    /// Closes a file: no new leases, sees through what uses it, closes. Returns when this opening is gone, even if
    /// somebody else was closing it already. The caller holds the fork's FilesGate and no lease.
    /// </summary>
    /// <param name="file">Which opening.</param>
    /// <param name="syncWritten">Whether what was written is made durable first: a later sync relies on it.</param>
    public void Close(FileReference file, bool syncWritten = false)
    {
        if (!file.IsValid)
            return;
        ref FileSlot record = ref _slots[file.Slot];
        if (record.TryBeginClosing(file.Generation))
        {
            for (FileSlotWord seen = record.Word; seen.Leases != 0; seen = record.Word)
                HelpOrSleep(file.Slot, seen);
            CloseUnleased(file.Slot, syncWritten);
            record.EndClosing(FileSlotState.Free);
            ReturnSlot(file.Slot);
            return;
        }

        AwaitEviction(file);
    }

    /// <summary>
    /// Returns when an opening that somebody else is closing is gone. Whoever opens the file anew then knows what
    /// became of its last sync. An evictor depends on nothing that the caller holds.
    /// </summary>
    private void AwaitEviction(FileReference file)
    {
        if (!file.IsValid)
            return;
        ref FileSlot record = ref _slots[file.Slot];
        for (FileSlotWord seen = record.Word;
            seen.Generation == file.Generation && seen.State == FileSlotState.Closing;
            seen = record.Word)
        {
            HelpOrSleep(file.Slot, seen);
        }
    }

    /// <summary>Waits for the operations on a leased file that were started before; the lease keeps it open.</summary>
    public void WaitForStarted(FileLease lease) => _operations.WaitForStarted(lease.Descriptor);

    /// <summary>The operation of a handle if it uses a file; none if it does not, or the file is closed.</summary>
    public IoWaitReference UseOf(FileReference file, int handle)
    {
        ref FileSlot record = ref _slots[file.Slot];
        FileSlotWord seen = record.Word;
        bool isOpen = seen.Generation == file.Generation
            && seen.State is FileSlotState.Open or FileSlotState.Closing;

        // Plain: no lease keeps the descriptor. If it has become another file's meanwhile, nothing uses this one any
        // more, and the worst is that an operation is waited for that need not be.
        return isOpen ? _operations.UseOf(handle, record.Descriptor) : default;
    }

    /// <summary>Threads that wait for something about a leased file to change.</summary>
    public int WaitersOf(FileLease lease) => _slots[lease.Slot].Waiters;

    /// <summary>Closes every file. No operation is in flight and none will be started.</summary>
    public void Dispose()
    {
        for (int slot = 0; slot < _slots.Length; slot++)
        {
            FileSlotWord seen = _slots[slot].Word;
            if (seen.State == FileSlotState.Open)
                Close(new FileReference(slot, seen.Generation));
        }

        Invariant.Check(InUse == 0, "I-56: a file was being opened while its table was disposed");
    }

    /// <summary>All slots are in use at this moment: waits until that may have changed for one of them.</summary>
    private void WaitForAny()
    {
        int slot;
        lock (_gate)
        {
            slot = _hand;
            _hand = _hand + 1 == _slots.Length ? 0 : _hand + 1;
        }

        FileSlotWord seen = _slots[slot].Word;
        bool isAvailable = seen.State == FileSlotState.Free || seen is { State: FileSlotState.Open, Leases: 0 };
        if (!isAvailable)
            HelpOrSleep(slot, seen);
    }

    /// <summary>
    /// One step of waiting: sees an operation on the slot's file through, or sleeps until the slot is not as it was
    /// seen. Callers look again.
    /// </summary>
    private void HelpOrSleep(int slot, FileSlotWord seen)
    {
        ref FileSlot record = ref _slots[slot];
        if (seen.Leases != 0 && _operations.WaitForOne(record.Descriptor))
            return;
        int ticket = record.RegisterWaiter();

        // After the announcement: an operation started before it is found here, a later one signals.
        bool helped = seen.Leases != 0 && _operations.WaitForOne(record.Descriptor);
        if (!helped && record.Word == seen)
            record.Sleep(ticket);
        record.UnregisterWaiter();
    }
}
