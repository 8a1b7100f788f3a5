using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Tuples;

namespace Forebay.PostgreSql.Scans.BTree;

/// <summary>Tells where an entry lies relative to a range of the index: before, in, or after it.</summary>
/// <remarks>
/// The answer never goes down along the index, so that it can be searched for by halving. What a pivot has lost counts
/// as minus infinity. One thread at a time.
/// </remarks>
internal sealed class KeyRange
{
    public const int Before = -1;
    public const int Within = 0;
    public const int After = 1;

    private readonly BTreeIndex _index;
    private readonly IndexKey[] _prefix;
    private readonly IndexKey? _start;
    private readonly IndexKey? _end;
    private readonly bool _startInclusive;
    private readonly bool _endInclusive;
    private readonly ColumnSlice[] _slices;
    private readonly VarlenaReader _values = new(toast: null);

    public KeyRange(BTreeIndex index, IndexRange range)
    {
        _index = index;
        _prefix = [.. range.Prefix];
        bool isBounded = range.Low is not null || range.High is not null;
        int keys = _prefix.Length + (isBounded ? 1 : 0);
        if (keys > index.Keys.Count)
            throw new ArgumentException($"{index.Name} has {index.Keys.Count} keys, the range is of {keys}.");
        _slices = new ColumnSlice[keys];
        for (int i = 0; i < _prefix.Length; i++)
        {
            if (!_prefix[i].IsNull)
                index.Keys[i].Check(_prefix[i]);
        }

        if (!isBounded)
            return;
        KeyColumn bounded = index.Keys[_prefix.Length];
        if (range.Low is { } low)
            bounded.Check(low);
        if (range.High is { } high)
            bounded.Check(high);
        // Where the greatest comes first, the range begins with its high end.
        (_start, _startInclusive, _end, _endInclusive) = bounded.IsDescending
            ? (range.High, range.HighInclusive, range.Low, range.LowInclusive)
            : (range.Low, range.LowInclusive, range.High, range.HighInclusive);
    }

    /// <summary>Goes to another value of the first key.</summary>
    public void MoveTo(IndexKey key)
    {
        _index.Keys[0].Check(key);
        _prefix[0] = key;
    }

    /// <summary>Where an entry lies.</summary>
    public DataFault Place(scoped in IndexEntry entry, out int place)
    {
        place = Within;
        int stored = Math.Min(entry.KeyCount, _index.Layout.Count);
        DataFault fault = _index.Layout.Locate(
            entry.KeyBytes, entry.DataOffset, entry.NullBitmap, stored, _slices, out _);
        for (int i = 0; i < _slices.Length && fault == DataFault.None && place == Within; i++)
        {
            KeyColumn key = _index.Keys[i];
            ColumnSlice slice = _slices[i];
            if (slice.IsAbsent)
                place = Before;
            else if (i < _prefix.Length && _prefix[i].IsNull)
                place = slice.IsNull ? Within : key.NullsFirst ? After : Before;
            else if (slice.IsNull)
                place = key.NullsFirst ? Before : After;
            else if (i < _prefix.Length)
                fault = key.Compare(slice.Of(entry.KeyBytes), _prefix[i], _values, out place);
            else
                fault = Bounded(key, slice.Of(entry.KeyBytes), out place);
        }

        place = Math.Sign(place);
        return fault;
    }

    private DataFault Bounded(KeyColumn key, ReadOnlySpan<byte> stored, out int place)
    {
        place = Within;
        if (_start is { } start)
        {
            DataFault fault = key.Compare(stored, start, _values, out int order);
            if (fault != DataFault.None)
                return fault;
            if (order < 0 || (order == 0 && !_startInclusive))
            {
                place = Before;
                return DataFault.None;
            }
        }

        if (_end is { } end)
        {
            DataFault fault = key.Compare(stored, end, _values, out int order);
            if (fault != DataFault.None)
                return fault;
            place = order > 0 || (order == 0 && !_endInclusive) ? After : Within;
        }

        return DataFault.None;
    }
}
