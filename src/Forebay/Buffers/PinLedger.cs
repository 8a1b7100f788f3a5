using System.Runtime.CompilerServices;
using Forebay.Memory;
using Forebay.Primitives;

namespace Forebay.Buffers;

/// <summary>
/// What one session has pinned in one pool, in the segment, so that the pins of a session whose process dies can be
/// taken back. Only its session uses it.
/// <code>
/// an entry   high half: number of its last pin = 16 bits of use count, 16 bits entry number plus one
///            low half: frame plus one; in a free entry minus the next free one; zero if never used
/// </code>
/// Since each use has a number of its own, a pin that was given back is told from the next one in the same place, even
/// if that is of the same frame.
/// </summary>
internal sealed class PinLedger
{
    /// <summary>Most entries: their numbers have 16 bits.</summary>
    public const int CapacityMax = 32_767;

    private const uint EntryMask = 0xFFFF;
    private const uint OneUse = 0x10000;

    private readonly SegmentArray<long> _entries;
    private readonly int _start;
    private int _free; // entry plus one; 0 = none
    private int _used; // entries that were ever used: high-water mark

    /// <summary>A ledger over <paramref name="length"/> entries, which may hold anything that is no pin.</summary>
    public PinLedger(SegmentArray<long> entries, int start, int length)
    {
        Invariant.Check(length <= CapacityMax, "I-28: a pin ledger is longer than its numbers", length, CapacityMax);
        _entries = entries;
        _start = start;
        Capacity = length;
    }

    /// <summary>Pins held.</summary>
    public int Count { get; private set; }

    /// <summary>Most pins the session can hold; zero once it is closed.</summary>
    public int Capacity { get; private set; }

    /// <summary>Whether another pin can be noted.</summary>
    public bool HasRoom => Count < Capacity;

    /// <summary>Notes a pin on a frame.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public BufferPin Add(int frame)
    {
        int entry = _free;
        if (entry == 0)
            entry = ++_used;
        Invariant.Check(entry <= Capacity, "I-38: a session noted more pins than its ledger holds");
        ref long word = ref _entries[_start + entry - 1];
        if (_free != 0)
            _free = -(int)word;
        uint uses = ((uint)(word >>> 32) & ~EntryMask) + OneUse; // wraps: a pin forgotten for 65,536 uses is too old
        word = ((long)(uses | (uint)entry) << 32) | (uint)(frame + 1);
        Count++;
        return new BufferPin(word);
    }

    /// <summary>Strikes a pin out.</summary>
    /// <returns>False if it is not (or no longer) held.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRemove(BufferPin pin)
    {
        int entry = EntryOf(pin);
        if ((uint)(entry - 1) >= (uint)_used)
            return false;
        ref long word = ref _entries[_start + entry - 1];
        if (word != pin.Raw)
            return false;
        word = ((long)pin.Number << 32) | (uint)-_free;
        _free = entry;
        Count--;
        return true;
    }

    /// <summary>Whether the pin is held.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Holds(BufferPin pin)
    {
        int entry = EntryOf(pin);
        return (uint)(entry - 1) < (uint)_used && _entries[_start + entry - 1] == pin.Raw;
    }

    /// <summary>How many pins are on a frame. For the ledger's session.</summary>
    public int CountOf(int frame)
    {
        int count = 0;
        for (int entry = 0; entry < _used; entry++)
        {
            if ((int)_entries[_start + entry] == frame + 1)
                count++;
        }

        return count;
    }

    /// <summary>Whether a pin is on the frame; a hint to all but the ledger's session.</summary>
    public bool HasPinOn(int frame)
    {
        int used = Volatile.Read(ref _used); // a hint: entries below it are memory of the ledger
        for (int entry = 0; entry < used; entry++)
        {
            // Also a hint: an entry is written in one piece, and is there for longer than the pin.
            if ((int)Volatile.Read(ref _entries[_start + entry]) == frame + 1)
                return true;
        }

        return false;
    }

    /// <summary>Any pin that is still held, for cleaning up.</summary>
    public bool TryGetAny(out BufferPin pin)
    {
        for (int entry = 1; entry <= _used; entry++)
        {
            long word = _entries[_start + entry - 1];
            if ((int)word <= 0)
                continue;
            pin = new BufferPin(word);
            return true;
        }

        pin = default;
        return false;
    }

    /// <summary>The session ends: nothing is held any more, and the memory is not touched again.</summary>
    public void Close()
    {
        Invariant.Check(Count == 0, "I-29: a pin ledger was closed over pins", Count, 0);
        _used = _free = Capacity = 0;
    }

    private static int EntryOf(BufferPin pin) => (int)(pin.Number & EntryMask);
}
