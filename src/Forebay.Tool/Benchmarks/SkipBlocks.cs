using Forebay.Streams;

namespace Forebay.Tool.Benchmarks;

/// <summary>Every third run of four blocks, in order: what a scan by a coarse filter reads.</summary>
/// <param name="start">Place in that order to begin at.</param>
/// <param name="end">The place to stop before.</param>
internal struct SkipBlocks(uint start, uint end) : IBlockSource
{
    private const uint Run = 4;
    private const uint Stride = 3 * Run;

    private uint _next = start;

    /// <summary>How many there are in a relation.</summary>
    public static uint CountIn(uint blocks) => (blocks / Stride * Run) + Math.Min(blocks % Stride, Run);

    /// <summary>The block at a place in the order.</summary>
    public static uint At(uint index) => (index / Run * Stride) + (index % Run);

    /// <inheritdoc/>
    public bool TryNext(out uint block)
    {
        block = At(_next);
        if (_next >= end)
            return false;
        _next++;
        return true;
    }
}
