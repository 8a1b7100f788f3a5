using System.Numerics;
using System.Runtime.CompilerServices;

namespace Forebay.PostgreSql.Scans.Bitmaps;

/// <summary>Items of one page, a bit each, from item 1.</summary>
[InlineArray(Words)]
internal struct PageBits
{
    /// <summary>More than a table's page can have rows (291 of 8 KiB).</summary>
    public const int ItemMax = Words * 64;

    private const int Words = 5;

    private ulong _first;

    public readonly bool IsEmpty
    {
        get
        {
            ulong any = 0;
            foreach (ulong word in this)
                any |= word;
            return any == 0;
        }
    }

    public static bool CanHold(ushort item) => item - 1 < ItemMax;

    public void Add(ushort item) => this[(item - 1) / 64] |= 1UL << ((item - 1) % 64);

    public void UnionWith(in PageBits other)
    {
        for (int i = 0; i < Words; i++)
            this[i] |= other[i];
    }

    public void IntersectWith(in PageBits other)
    {
        for (int i = 0; i < Words; i++)
            this[i] &= other[i];
    }

    /// <summary>Lists the items in order.</summary>
    /// <param name="items">Room for <see cref="ItemMax"/>.</param>
    /// <returns>How many there are.</returns>
    public readonly int List(Span<ushort> items)
    {
        int count = 0;
        for (int i = 0; i < Words; i++)
        {
            for (ulong word = this[i]; word != 0; word &= word - 1)
                items[count++] = (ushort)((i * 64) + BitOperations.TrailingZeroCount(word) + 1);
        }

        return count;
    }
}
