using Forebay.Takeover;

namespace Forebay;

/// <summary>What dead processes leave behind.</summary>
public sealed partial class ForebayInstance
{
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
}
