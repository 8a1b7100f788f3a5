using Forebay.PostgreSql.Tuples;

namespace Forebay.PostgreSql.Scans.BTree;

/// <summary>A leaf of an index-only scan, and which of its places the visibility map does not vouch for.</summary>
internal sealed class LeafInHand
{
    private readonly bool[] _fetch = new bool[TidQueue.LeafMax];
    private int _asked;

    /// <summary>The leaf.</summary>
    public IndexLeaf Leaf { get; } = new(keepsPage: true);

    /// <summary>Places whose page of the table has to be looked at.</summary>
    public int Fetches { get; private set; }

    /// <summary>Whether the map was asked for all places.</summary>
    public bool IsComplete => _asked == Leaf.Count;

    /// <summary>The block that the map is asked for next.</summary>
    public uint NextBlock => Leaf.Places[_asked].Block;

    /// <summary>Whether the page of a place has to be looked at.</summary>
    public bool NeedsFetch(int place) => _fetch[place];

    /// <summary>Another leaf was filled in.</summary>
    public void Begin() => _asked = Fetches = 0;

    /// <summary>Asks the map, as far as that waits for nothing.</summary>
    /// <param name="map">The map.</param>
    /// <param name="queue">Where places go whose page has to be looked at.</param>
    /// <returns>Whether all places are done; else the map has to load the page of <see cref="NextBlock"/>.</returns>
    public bool TryComplete(VisibilityMap map, TidQueue queue)
    {
        ReadOnlySpan<ItemPointer> places = Leaf.Places;
        for (; _asked < places.Length; _asked++)
        {
            uint block = places[_asked].Block;
            if (!map.IsLoaded(block))
                return false;
            bool fetch = !map.IsAllVisible(block);
            _fetch[_asked] = fetch;
            if (!fetch)
                continue;
            Fetches++;
            queue.Add(places[_asked]);
        }

        return true;
    }
}
