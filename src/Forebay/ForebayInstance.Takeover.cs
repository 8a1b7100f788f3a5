using Forebay.Handles;
using Forebay.Processes;
using Forebay.Takeover;

namespace Forebay;

/// <summary>What dead processes leave behind.</summary>
public sealed partial class ForebayInstance
{
    private DeathWatch? _deathWatch;

    /// <summary>Processes that this one has taken over from after their death.</summary>
    internal DeathWatch? Deaths => _deathWatch;

    /// <summary>The takeover of a dead process, by its slot; to be run until it is finished.</summary>
    internal ProcessTakeover TakeoverOf(int deadSlot) => new(_engine, _pool,
        new FrameCensus(_engine.SessionSlots, _claims, _ledgers, _ledgerLength, _engine.Handles),
        _engine.SessionSlots, deadSlot);

    /// <summary>
    /// A session becomes that of another process, which is then said to be dead; its object is not used any more.
    /// </summary>
    internal void Disown(ForebaySession session, int processSlot)
    {
        Close(session);
        _pool.RemoveLedger(session.Shared.Ledger);
        _engine.Disown(session.Io.Slot, processSlot);
    }

    private void CheckNotStopped()
    {
        if (_named is not null && _named.Header.State == SegmentState.Stopped)
            throw new InstanceStoppedException(SegmentHeader.Text(_named.Header.StopReason));
    }

    private void WatchDeaths(InstanceLayout layout)
    {
        if (_named is null)
            return;
        _deathWatch = new DeathWatch(_processes, _segment.Array(layout.TakeoverGate), IsIoOver, TakeOver);
        _deathWatch.Start();
    }

    // Threads are over when their process is. A ring is torn down by the kernel some time after that: while operations
    // are in one, their frames are left alone, and with them all that the dead process had.
    private bool IsIoOver(int slot)
    {
        if (!_engine.Method.NeedsHelp)
            return true;
        for (int index = 0; index < _engine.Handles.Count; index++)
        {
            ref IoHandle handle = ref _engine.Handles[index];
            IoHandleWord word = handle.Word;
            if (word.State == IoHandleState.Submitted
                && (handle.Executor == slot + 1 || (handle.Executor == 0 && word.Claimer == slot + 1)))
                return false;
        }

        return true;
    }

    private TakeoverState TakeOver(int slot)
    {
        ProcessTakeover takeover = TakeoverOf(slot);
        TakeoverState state = takeover.Run();
        if (state == TakeoverState.MustStop && _named!.Header.State != SegmentState.Stopped)
        {
            SegmentHeader.TrySetText(_named.Header.StopReason, takeover.StopReason!);
            _named.Header.State = SegmentState.Stopped;
            Notices.Raise("instance-stopped", takeover.StopReason!);
        }

        if (state != TakeoverState.Finished)
            return state;
        Shares.Change(-takeover.SessionsClosed);
        Notices.Raise("process-died", $"A process in slot {slot} has died; what it had was taken back.");
        return state;
    }
}
