using Forebay.Handles;
using Forebay.Primitives;
using Forebay.Targets;

namespace Forebay.Methods.IoUring;

/// <summary>
/// Files registered with the rings under their slots of the file table, so that the kernel need not look a descriptor
/// up for each request. A file is registered in a ring once that ring has used it a number of times, and leaves every
/// ring before its descriptor is closed.
/// </summary>
/// <remarks>
/// <code>
///   a slot in one ring       next
///   counting, from 0 up      Registered or Refused at the threshold; 0 when the file is closed
///   Registered               0 when the file is closed, or Stale if the kernel does not empty the slot
///   Refused                  0 when the file is closed
///   Stale                    0 when the kernel empties it after all, which is tried whenever the slot changes hands
/// </code>
/// Only Registered is ever named to the kernel, so what a stale slot still leads to is never read; all it does is keep
/// a file open that nobody uses.
///
/// Nobody needs a lock here. What belongs to a slot is written by <see cref="Opened"/>, before anybody leases the file;
/// by a ring's submitter (that ring's byte), who holds a lease through the operation that it submits; and by
/// <see cref="Closing"/>, when nobody leases the file any more. The file table orders the three, as it orders opening,
/// leases and closing.
/// </remarks>
internal sealed class FixedFiles : IFileSlotListener
{
    /// <summary>Most uses that can be asked for before a file is registered.</summary>
    public const int UsesMax = 250;

    /// <summary>Most slots: what the kernels of all supported versions take.</summary>
    public const int SlotsMax = 32768;

    private const byte Registered = 255;
    private const byte Refused = 254;
    private const byte Stale = 253;

    // By slot: the descriptor plus one that the file table has open there; 0 = none. A lease of any other file may
    // carry the same slot number, so number and descriptor must both match.
    private readonly int[] _descriptors;
    private readonly byte[][] _uses;
    private readonly int _slots;
    private readonly int _threshold;
    private PooledRing[] _rings = [];

    /// <summary>
    /// A table of <paramref name="slots"/> slots in each of <paramref name="rings"/> rings; none = off.
    /// </summary>
    public FixedFiles(int rings, int slots, int usesBeforeRegistering)
    {
        _slots = slots;
        _descriptors = new int[slots];
        _threshold = usesBeforeRegistering;
        _uses = new byte[rings][];
        for (int ring = 0; ring < rings; ring++)
            _uses[ring] = new byte[slots];
    }

    /// <summary>Slots of the table; zero = files are not registered.</summary>
    public int Slots => _slots;

    /// <summary>The rings, once they exist and before the first operation.</summary>
    public void Attach(PooledRing[] rings) => _rings = rings;

    /// <summary>
    /// The file as the ring's submitter names it to the kernel: slot or descriptor. Registers it if it is time to.
    /// </summary>
    public int Name(PooledRing ring, FileLease file, out bool isSlot)
    {
        isSlot = false;
        if ((uint)file.Slot >= (uint)_slots || _descriptors[file.Slot] != file.Descriptor + 1)
            return file.Descriptor;
        ref byte uses = ref _uses[ring.Index][file.Slot];
        if (uses < Stale && ++uses >= _threshold)
            uses = ring.UpdateFile(file.Slot, file.Descriptor) == 0 ? Registered : Refused;
        isSlot = uses == Registered;
        return isSlot ? file.Slot : file.Descriptor;
    }

    /// <summary>Whether the slot is registered in the ring; for tests and views.</summary>
    public bool IsRegistered(int ring, int slot) => (uint)slot < (uint)_slots && _uses[ring][slot] == Registered;

    /// <inheritdoc/>
    public void Opened(int slot, int descriptor)
    {
        if ((uint)slot >= (uint)_slots)
            return;
        foreach (PooledRing ring in _rings)
        {
            ref byte uses = ref _uses[ring.Index][slot];
            Invariant.Check(uses is 0 or Stale, "I-77: a slot of a ring never leads to another file than its own");
            if (uses == Stale)
                uses = Emptied(ring, slot);
        }

        _descriptors[slot] = descriptor + 1;
    }

    /// <inheritdoc/>
    public void Closing(int slot)
    {
        if ((uint)slot >= (uint)_slots)
            return;
        Invariant.Check(_descriptors[slot] != 0, "I-77: a slot of a ring never leads to another file than its own");
        _descriptors[slot] = 0;
        foreach (PooledRing ring in _rings)
        {
            ref byte uses = ref _uses[ring.Index][slot];
            uses = uses is Registered or Stale ? Emptied(ring, slot) : (byte)0;
        }
    }

    // Refused for want of memory, or by a filter that this thread is under and the one that made the ring is not.
    private static byte Emptied(PooledRing ring, int slot) => ring.UpdateFile(slot, -1) == 0 ? (byte)0 : Stale;
}
