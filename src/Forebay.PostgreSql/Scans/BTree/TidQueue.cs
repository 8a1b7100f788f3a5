using Forebay.PostgreSql.Tuples;

namespace Forebay.PostgreSql.Scans.BTree;

/// <summary>Places that an index leads to, on their way from its leaves to the table's read stream and back.</summary>
/// <remarks>
/// <code>
///   taken ...  [ in the stream's hands ] [ not yet named ]  ... free
///              taken                     named            added
/// </code>
/// </remarks>
internal sealed class TidQueue
{
    /// <summary>More than a leaf can have: 1,358 places of 6 bytes.</summary>
    public const int LeafMax = 1400;

    /// <summary>Most places of one page in a row that are handled in one turn.</summary>
    private const int RunMax = 1024;

    private const int Capacity = 8192; // a power of two: what the stream can hold, and some leaves

    private readonly ItemPointer[] _places = new ItemPointer[Capacity];
    private long _taken;
    private long _named;
    private long _added;

    /// <summary>Places that no block was asked for yet.</summary>
    public long Unnamed => _added - _named;

    /// <summary>Whether a whole leaf can be added.</summary>
    public bool HasRoom => _added - _taken + LeafMax <= Capacity;

    /// <summary>Whether all that was added has come back.</summary>
    public bool IsDrained => _taken == _added;

    public ItemPointer this[long number] => _places[number & (Capacity - 1)];

    public void Add(ItemPointer place) => _places[_added++ & (Capacity - 1)] = place;

    /// <summary>Names the places that come next and share a block.</summary>
    public bool TryName(out TidRun run, out uint block)
    {
        run = default;
        block = 0;
        if (_named == _added)
            return false;
        block = this[_named].Block;
        int count = 1;
        while (count < RunMax && _named + count < _added && this[_named + count].Block == block)
            count++;
        run = new TidRun(_named, count);
        _named += count;
        return true;
    }

    /// <summary>Forgets what has not come back.</summary>
    public void Clear() => _taken = _named = _added;

    /// <summary>The page of a run has come: its places are no longer needed after this turn.</summary>
    public void Take(TidRun run) => _taken = run.Start + run.Count;
}
