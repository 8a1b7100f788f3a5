using System.Runtime.InteropServices;
using Forebay.PostgreSql.Tuples;

namespace Forebay.PostgreSql.Scans.Bitmaps;

/// <summary>
/// A set of places in a table: for each page the items, or, once that takes too much memory, only that something of the
/// page is meant.
/// </summary>
/// <remarks>
/// When the set outgrows its bound, chunks of 256 neighbouring pages, fullest first, lose their items until half of the
/// bound is free: those pages are <em>lossy</em>, and whoever reads them has to look at every row again. One thread at
/// a time.
/// </remarks>
public sealed class TidBitmap
{
    /// <summary>What an entry costs in a hash table: its key, 40 bytes of bits, and what links it.</summary>
    private const int EntryBytes = 64;

    private const int EntriesMin = 16;

    private readonly Dictionary<uint, PageBits> _exact = [];
    private readonly Dictionary<uint, BlockBits> _lossy = [];
    private readonly int _entriesMax;

    /// <summary>Makes an empty set.</summary>
    /// <param name="memoryBytesMax">
    /// About how much memory it may take, as <c>work_mem</c> does; at least 1 KiB. Lossy pages take 64 bytes for 256,
    /// and are not forgotten whatever the bound.
    /// </param>
    public TidBitmap(long memoryBytesMax = 4 << 20)
    {
        _entriesMax = (int)Math.Clamp(memoryBytesMax / EntryBytes, EntriesMin, int.MaxValue / 2);
    }

    /// <summary>Pages whose items are known.</summary>
    public int ExactPages => _exact.Count;

    /// <summary>Pages of which only is known that something of them is meant.</summary>
    public int LossyPages => _lossy.Values.Sum(static bits => bits.Count);

    /// <summary>Whether nothing is in the set.</summary>
    public bool IsEmpty => _exact.Count == 0 && _lossy.Count == 0;

    /// <summary>Adds a place.</summary>
    /// <param name="tid">The place; one that no table of 8 KiB pages can have makes its page lossy.</param>
    /// <exception cref="ArgumentOutOfRangeException">Items are numbered from 1.</exception>
    public void Add(ItemPointer tid)
    {
        ArgumentOutOfRangeException.ThrowIfZero(tid.Item);
        if (IsLossy(tid.Block))
            return;
        if (!PageBits.CanHold(tid.Item))
        {
            AddPage(tid.Block);
            return;
        }

        CollectionsMarshal.GetValueRefOrAddDefault(_exact, tid.Block, out bool known).Add(tid.Item);
        if (!known)
            Bound();
    }

    /// <summary>Adds a page as a whole: it is lossy from now on.</summary>
    /// <param name="block">The page.</param>
    public void AddPage(uint block)
    {
        _exact.Remove(block);
        CollectionsMarshal.GetValueRefOrAddDefault(_lossy, Chunk(block), out _).Add(Within(block));
        Bound();
    }

    /// <summary>Adds what is in another set.</summary>
    /// <param name="other">The other set; stays as it is.</param>
    public void UnionWith(TidBitmap other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach ((uint chunk, BlockBits bits) in other._lossy)
            CollectionsMarshal.GetValueRefOrAddDefault(_lossy, chunk, out _).UnionWith(bits);
        foreach (uint block in _exact.Keys.Where(IsLossy).ToArray())
            _exact.Remove(block);
        foreach ((uint block, PageBits bits) in other._exact)
        {
            if (IsLossy(block))
                continue;
            CollectionsMarshal.GetValueRefOrAddDefault(_exact, block, out _).UnionWith(bits);
            Bound();
        }
    }

    /// <summary>Leaves only what is in another set too. A page that is lossy in one of them is lossy.</summary>
    /// <param name="other">The other set; stays as it is.</param>
    public void IntersectWith(TidBitmap other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach ((uint chunk, BlockBits bits) in _lossy.ToArray())
        {
            BlockBits both = default;
            for (int i = 0; i < BlockBits.Blocks; i++)
            {
                if (bits.Has(i) && other.Has((chunk * BlockBits.Blocks) + (uint)i))
                    both.Add(i);
            }

            _lossy[chunk] = both;
            if (both.Count == 0)
                _lossy.Remove(chunk);
        }

        foreach (uint block in _exact.Keys.ToArray())
        {
            if (other.IsLossy(block))
            {
                AddPage(block);
                continue;
            }

            // Making another page lossy may have taken this one with it.
            if (!_exact.TryGetValue(block, out PageBits bits))
                continue;
            bits.IntersectWith(other._exact.GetValueOrDefault(block));
            if (bits.IsEmpty)
                _exact.Remove(block);
            else
                _exact[block] = bits;
        }
    }

    /// <summary>The pages of the set in order.</summary>
    internal BitmapPage[] Pages()
    {
        var pages = new List<BitmapPage>(_exact.Count + LossyPages);
        foreach ((uint block, PageBits bits) in _exact)
            pages.Add(new BitmapPage(block, IsLossy: false, bits));
        foreach ((uint chunk, BlockBits bits) in _lossy)
        {
            for (int i = 0; i < BlockBits.Blocks; i++)
            {
                if (bits.Has(i))
                    pages.Add(new BitmapPage((chunk * BlockBits.Blocks) + (uint)i, IsLossy: true, default));
            }
        }

        pages.Sort(static (left, right) => left.Block.CompareTo(right.Block));
        return [.. pages];
    }

    private static uint Chunk(uint block) => block / BlockBits.Blocks;

    private static int Within(uint block) => (int)(block % BlockBits.Blocks);

    private bool Has(uint block) => _exact.ContainsKey(block) || IsLossy(block);

    private bool IsLossy(uint block) =>
        _lossy.Count > 0 && _lossy.TryGetValue(Chunk(block), out BlockBits bits) && bits.Has(Within(block));

    // Items are given up by whole chunks, those with most pages first: they free most.
    private void Bound()
    {
        if (_exact.Count == 0 || _exact.Count + _lossy.Count <= _entriesMax)
            return;
        List<IGrouping<uint, uint>> chunks =
            [.. _exact.Keys.GroupBy(Chunk).OrderByDescending(static chunk => chunk.Count())];
        foreach (IGrouping<uint, uint> chunk in chunks)
        {
            ref BlockBits bits = ref CollectionsMarshal.GetValueRefOrAddDefault(_lossy, chunk.Key, out _);
            foreach (uint block in chunk)
            {
                bits.Add(Within(block));
                _exact.Remove(block);
            }

            if (_exact.Count + _lossy.Count <= _entriesMax / 2)
                return;
        }
    }
}
