using System.Numerics;
using System.Runtime.CompilerServices;

namespace Forebay.PostgreSql.Scans.Bitmaps;

/// <summary>Pages of one chunk of neighbours, a bit each.</summary>
[InlineArray(Words)]
internal struct BlockBits
{
    /// <summary>Pages of a chunk.</summary>
    public const int Blocks = Words * 64;

    private const int Words = 4;

    private ulong _first;

    public readonly int Count
    {
        get
        {
            int count = 0;
            foreach (ulong word in this)
                count += BitOperations.PopCount(word);
            return count;
        }
    }

    public readonly bool Has(int block) => (this[block / 64] & (1UL << (block % 64))) != 0;

    public void Add(int block) => this[block / 64] |= 1UL << (block % 64);

    public void UnionWith(in BlockBits other)
    {
        for (int i = 0; i < Words; i++)
            this[i] |= other[i];
    }
}
