namespace Forebay.Tool.Benchmarks;

/// <summary>
/// The blocks of one pattern in their order, cut into a part for each stream. How it is cut does not change which
/// blocks they are.
/// </summary>
internal sealed class BenchBlocks
{
    private readonly uint[]? _order;

    private BenchBlocks(BenchPattern pattern, uint count, uint[]? order)
    {
        Pattern = pattern;
        Count = count;
        _order = order;
    }

    /// <summary>The pattern.</summary>
    public BenchPattern Pattern { get; }

    /// <summary>How many blocks there are.</summary>
    public uint Count { get; }

    /// <summary>Lays out a pattern.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="blocks">Blocks of the relation.</param>
    /// <param name="pagesMax">Blocks to read at most; null = all.</param>
    /// <param name="seed">What a random order is drawn from.</param>
    public static BenchBlocks Create(BenchPattern pattern, uint blocks, long? pagesMax, int seed)
    {
        uint count = pattern switch
        {
            BenchPattern.Sequential or BenchPattern.Random => blocks,
            BenchPattern.Skip => SkipBlocks.CountIn(blocks),
            _ => throw new ArgumentOutOfRangeException(nameof(pattern), pattern, null),
        };
        if (pagesMax < count)
            count = (uint)pagesMax.Value;
        return new BenchBlocks(pattern, count, pattern == BenchPattern.Random ? Shuffle(blocks, count, seed) : null);
    }

    /// <summary>Where a part begins in the order; part number <paramref name="parts"/> begins at the end.</summary>
    public uint StartOf(int part, int parts) => (uint)((ulong)Count * (uint)part / (uint)parts);

    /// <summary>The blocks of a random order from one place to before another.</summary>
    public ReadOnlyMemory<uint> Slice(uint start, uint end) => _order.AsMemory((int)start, (int)(end - start));

    /// <summary>The block at a place in the order.</summary>
    public uint At(uint index) => Pattern switch
    {
        BenchPattern.Sequential => index,
        BenchPattern.Random => _order![index],
        BenchPattern.Skip => SkipBlocks.At(index),
        _ => throw new InvalidOperationException(),
    };

    // The first places of a shuffle of all blocks: no block comes twice.
    private static uint[] Shuffle(uint blocks, uint count, int seed)
    {
        uint[] order = new uint[blocks];
        for (uint i = 0; i < blocks; i++)
            order[i] = i;
        BenchRandom random = new((ulong)seed);
        for (uint i = 0; i < count; i++)
        {
            uint other = i + random.Next(blocks - i);
            (order[i], order[other]) = (order[other], order[i]);
        }

        return order;
    }
}
