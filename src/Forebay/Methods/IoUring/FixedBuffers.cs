using System.Runtime.InteropServices;
using Forebay.Interop;
using Forebay.Memory;

namespace Forebay.Methods.IoUring;

/// <summary>
/// The arenas' memory as registered buffers: slabs of whole frames, at most 1 GiB each, under the same numbers in every
/// ring. A transfer may name a slab when all of its memory lies inside that one.
/// </summary>
internal sealed class FixedBuffers
{
    /// <summary>Largest piece of memory that the kernel registers as one buffer.</summary>
    public const long SlabBytesMax = 1L << 30;

    /// <summary>Most slabs: the kernel's own limit.</summary>
    public const int SlabsMax = 16384;

    /// <summary>What <see cref="Find"/> says of memory that no single slab holds.</summary>
    public const int None = -1;

    // By arena id; entries of arenas that are not registered are empty.
    private readonly Arena[] _arenas;
    private readonly List<IoVector> _slabs = [];

    /// <summary>Nothing registered.</summary>
    public FixedBuffers()
        : this(new FrameArenas(), [])
    {
    }

    /// <summary>The slabs of the given arenas; the caller registers them.</summary>
    /// <param name="arenas">The process's arenas.</param>
    /// <param name="registered">Ids of those to register.</param>
    /// <param name="slabBytesMax">Largest slab.</param>
    public FixedBuffers(FrameArenas arenas, ReadOnlySpan<ushort> registered, long slabBytesMax = SlabBytesMax)
    {
        int last = -1;
        foreach (ushort id in registered)
            last = Math.Max(last, id);
        _arenas = new Arena[last + 1];
        foreach (ushort id in registered)
        {
            FrameArena arena = arenas[id];
            if (arena.IsValid)
                _arenas[id] = Cut(arena, slabBytesMax);
        }
    }

    /// <summary>The slabs by number.</summary>
    public ReadOnlySpan<IoVector> Slabs => CollectionsMarshal.AsSpan(_slabs);

    /// <summary>The one slab that holds all of the memory, or <see cref="None"/>.</summary>
    public int Find(ushort arenaId, ReadOnlySpan<IoVector> vectors)
    {
        if (arenaId >= _arenas.Length || vectors.IsEmpty)
            return None;
        ref readonly Arena arena = ref _arenas[arenaId];
        if (arena.SlabCount <= 1)
            return arena.FirstSlab - 1;
        long slab = (vectors[0].Address - arena.Address) / arena.SlabBytes;
        nint start = arena.Address + (nint)(slab * arena.SlabBytes);
        nint end = start + (nint)arena.SlabBytes;
        foreach (ref readonly IoVector vector in vectors)
        {
            if (vector.Address < start || vector.Address + (nint)vector.Length > end)
                return None;
        }

        return arena.FirstSlab - 1 + (int)slab;
    }

    private Arena Cut(FrameArena arena, long slabBytesMax)
    {
        long total = (long)arena.FrameBytes * arena.FrameCount;
        long slabBytes = Math.Max(1, slabBytesMax / arena.FrameBytes) * arena.FrameBytes;
        int first = _slabs.Count;
        for (long start = 0; start < total; start += slabBytes)
            _slabs.Add(new IoVector(arena.Address + (nint)start, (nuint)Math.Min(slabBytes, total - start)));
        return new Arena(arena.Address, slabBytes, first + 1, _slabs.Count - first);
    }

    // FirstSlab is a number plus one, so that an empty entry has no slab.
    private readonly record struct Arena(nint Address, long SlabBytes, int FirstSlab, int SlabCount);
}
