using Forebay.Memory;

namespace Forebay.Buffers;

/// <summary>
/// What sessions of other processes have pinned, as their ledgers in the segment say: for the rare questions whether a
/// page is held by anybody. All answers are hints.
/// </summary>
internal sealed class ForeignPins(
    SegmentArray<long> ledgers, int ledgerLength, SegmentArray<int> sessionSlots, int processSlot)
{
    /// <summary>Whether one of them has a pin on the frame.</summary>
    public bool HasPinOn(int frame)
    {
        for (int slot = 0; slot < sessionSlots.Length; slot++)
        {
            if (!IsForeign(slot))
                continue;
            foreach (ref long entry in ledgers.Slice(slot * ledgerLength, ledgerLength))
            {
                long word = Volatile.Read(ref entry); // a hint: an entry is written in one piece
                if (word == 0)
                    break; // never used, and so are those behind it
                if ((int)word == frame + 1)
                    return true;
            }
        }

        return false;
    }

    /// <summary>Pins that they have.</summary>
    public long Count()
    {
        long count = 0;
        for (int slot = 0; slot < sessionSlots.Length; slot++)
        {
            if (!IsForeign(slot))
                continue;
            foreach (ref long entry in ledgers.Slice(slot * ledgerLength, ledgerLength))
            {
                long word = Volatile.Read(ref entry); // as above
                if (word == 0)
                    break;
                count += (int)word > 0 ? 1 : 0;
            }
        }

        return count;
    }

    private bool IsForeign(int slot) =>
        Volatile.Read(ref sessionSlots[slot]) is var owner && owner != 0 && owner != processSlot + 1; // a hint
}
