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
/// Nobody needs a lock here. What belongs to a slot is written by <see cref="Opened"/>, before anybody leases the file;
/// by a ring's submitter (that ring's byte), who holds a lease through the operation that it submits; and by
/// <see cref="Closing"/>, when nobody leases the file any more. The file table orders the three, as it orders opening,
/// leases and closing.
/// </remarks>
internal sealed class FixedFiles : IFileSlotListener
{
    /// <summary>Most uses that can be asked for before a file is registered.</summary>
    public const int UsesMax = 250;

    private const byte Registered = 255;
    private const byte Refused = 254;

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
        if (uses < Refused && ++uses >= _threshold)
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
        foreach (byte[] uses in _uses)
            Invariant.Check(uses[slot] == 0, "I-77: a file that is closed is registered nowhere");
        _descriptors[slot] = descriptor + 1;
    }

    /// <inheritdoc/>
    public void Closing(int slot)
    {
        if ((uint)slot >= (uint)_slots)
            return;
        _descriptors[slot] = 0;
        foreach (PooledRing ring in _rings)
        {
            ref byte uses = ref _uses[ring.Index][slot];
            if (uses == Registered)
            {
                int result = ring.UpdateFile(slot, -1);
                Invariant.Check(result == 0, "I-77: a file that is closed is registered nowhere", result, 0);
            }

            uses = 0;
        }
    }
}
