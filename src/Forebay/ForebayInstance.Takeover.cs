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
        _deathWatch = new DeathWatch(_processes, _segment.Array(layout.TakeoverGate), AreRingsOver, TakeOver,
            slot => Notices.RaiseAside("process-died-io", $"A process in slot {slot} has died, and I/O that it began "
                + "is not over yet: the pages of these operations stay as they are until it is."));
        _deathWatch.Start();
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
