using Forebay.Buffers;
using Forebay.Primitives;
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
    /// <param name="deadSlot">Its slot.</param>
    /// <param name="areRingsOver">Whether nothing is left in its rings; false = what is in them is left alone.</param>
    internal ProcessTakeover TakeoverOf(int deadSlot, bool areRingsOver = true) => new(_engine, _pool,
        new FrameCensus(_engine.SessionSlots, _claims, _ledgers, _ledgerLength, _engine.Handles),
        _engine.SessionSlots, deadSlot, areRingsOver);

    /// <summary>
    /// A session becomes that of another process, which is then said to be dead; its object is not used any more.
    /// </summary>
    internal void Disown(ForebaySession session, int processSlot)
    {
        Close(session);
        _pool.RemoveLedger(session.Shared.Ledger);
        _engine.Disown(session.Io.Slot, processSlot);
    }

    private void WatchDeaths(InstanceLayout layout)
    {
        if (_named is null)
            return;
        _deathWatch = new DeathWatch(_processes, _segment.Array(layout.TakeoverGate), _named.IsUnmarked, AreRingsOver,
            TakeOver,
            slot => Notices.RaiseAside("process-died-io", $"A process in slot {slot} has died, and I/O that it began "
                + "is not over yet: the pages of these operations stay as they are until it is."), TellOfStopped);
        _deathWatch.Start();
    }

    // It is not dead: what it has is its own until it goes on, or is killed.
    private void TellOfStopped(int slot)
    {
        int partitions = 0;
        for (int partition = 0; partition < BufferMapping.Partitions; partition++)
            partitions += _pool.Mapping.PartitionLock(partition).IsHeldBy(slot) ? 1 : 0;
        int gates = Storage.GatesOf(slot);
        bool hasQueue = _engine.SharedMethod?.IsLockedBy(slot) == true;
        string held = partitions + gates == 0 && !hasQueue
            ? "it holds no short lock: only who needs its pages and operations waits for it"
            : $"it holds {partitions} partitions of the page mapping, {gates} gates of relations"
                + $"{(hasQueue ? " and the workers' queue" : "")}: who needs them waits for it";
        Notices.RaiseAside("process-stopped",
            $"Process {_processes[slot].Process} in slot {slot} is stopped, by a signal or a debugger; {held}.");
    }

    // Threads are over when their process is; rings are torn down by the kernel some time after that.
    private bool AreRingsOver(int slot) =>
        !_engine.Method.NeedsHelp || RingLock.IsOver(_named!.Place, ref _processes[slot], slot);

    private TakeoverState TakeOver(int slot, bool areRingsOver, bool isBegunAgain)
    {
        ProcessTakeover takeover = TakeoverOf(slot, areRingsOver);
        TakeoverState state = takeover.Run(isBegunAgain);
        if (state == TakeoverState.MustStop && _processes.Sign.Stop(takeover.StopReason!))
            Notices.RaiseAside("instance-stopped", takeover.StopReason!);

        DeathPoints.Reach(DeathPoint.TakeoverRun);
        Shares.Forget(slot);
        if (state != TakeoverState.Finished)
            return state;
        RingLock.Remove(_named!.Place, ref _processes[slot], slot);
        Notices.RaiseAside("process-died", $"A process in slot {slot} has died; what it had was taken back.");
        return state;
    }
}
