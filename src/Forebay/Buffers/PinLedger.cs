using Forebay.Memory;
using Forebay.Primitives;

namespace Forebay.Buffers;

/// <summary>
/// What one session has pinned in one pool, in the segment, so that the pins of a session whose process dies can be
/// taken back. Only its session uses it. An entry holds the frame plus one; a free entry holds minus the next free
/// one; entries that were never used hold zero.
/// </summary>
internal sealed class PinLedger(SegmentArray<int> entries, int start, int length)
{
    private int _free; // entry plus one; 0 = none
    private int _used; // entries that were ever used: high-water mark

    /// <summary>Pins held.</summary>
    public int Count { get; private set; }

    /// <summary>Most pins a session can hold.</summary>
    public int Capacity => length;

    /// <summary>Whether another pin can be noted.</summary>
    public bool HasRoom => Count < length;

    /// <summary>Notes a pin on a frame.</summary>
    public BufferPin Add(int frame)
    {
        int entry = _free;
        if (entry != 0)
            _free = -entries[start + entry - 1];
        else
            entry = ++_used;
        Invariant.Check(entry <= length, "I-38: a session noted more pins than its ledger holds");
        entries[start + entry - 1] = frame + 1;
        Count++;
        return new BufferPin(entry, frame);
    }

    /// <summary>Strikes a pin out.</summary>
    /// <exception cref="InvalidOperationException">It is not (or no longer) held.</exception>
    public void Remove(BufferPin pin)
    {
        if (!Holds(pin))
            throw new InvalidOperationException("The page has been given back already.");
        entries[start + pin.Entry - 1] = -_free;
        _free = pin.Entry;
        Count--;
    }

    /// <summary>Whether the pin is held.</summary>
    public bool Holds(BufferPin pin) =>
        pin.Entry > 0 && pin.Entry <= _used && entries[start + pin.Entry - 1] == pin.Frame + 1;

    /// <summary>Any pin that is still held, for cleaning up.</summary>
    public bool TryGetAny(out BufferPin pin)
    {
        for (int entry = 1; entry <= _used; entry++)
        {
            int frame = entries[start + entry - 1];
            if (frame <= 0)
                continue;
            pin = new BufferPin(entry, frame - 1);
            return true;
        }

        pin = default;
        return false;
    }
}
