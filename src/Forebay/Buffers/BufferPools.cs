using Forebay.Memory;
using Forebay.Primitives;

namespace Forebay.Buffers;

/// <summary>This process's pools by frame arena, so that a callback finds the pool of a handle.</summary>
internal sealed class BufferPools
{
    private readonly BufferPool?[] _pools = new BufferPool?[FrameArenas.ArenasMax];

    /// <summary>Adds or removes the pool of an arena; no operation names the arena meanwhile.</summary>
    // before any handle names it
    public void Set(int arena, BufferPool? pool) => Volatile.Write(ref _pools[arena], pool);

    /// <summary>The pool of an arena.</summary>
    public BufferPool this[int arena]
    {
        get
        {
            BufferPool? pool = _pools[arena];
            Invariant.Check(pool is not null, "I-41: a handle names an arena that is no pool");
            return pool;
        }
    }
}
