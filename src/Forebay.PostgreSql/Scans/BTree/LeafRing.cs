namespace Forebay.PostgreSql.Scans.BTree;

/// <summary>
/// The leaves that an index-only scan holds: the one it is on, and those that it has looked into ahead.
/// </summary>
internal sealed class LeafRing : IDisposable
{
    private const int Capacity = 4;

    private readonly LeafInHand[] _hands = [new(), new(), new(), new()];
    private int _first;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    public bool HasRoom => Count < Capacity;

    /// <summary>The leaf that the scan is on.</summary>
    public LeafInHand First => _hands[_first];

    /// <summary>The leaf that came last.</summary>
    public LeafInHand Last => _hands[(_first + Count - 1) % Capacity];

    /// <summary>The one to fill in next; there is room.</summary>
    public LeafInHand Free => _hands[(_first + Count) % Capacity];

    /// <summary><see cref="Free"/> was filled in.</summary>
    public void AddFree()
    {
        Free.Begin();
        Count++;
    }

    public void RemoveFirst()
    {
        First.Leaf.Dispose();
        _first = (_first + 1) % Capacity;
        Count--;
    }

    public void Dispose()
    {
        foreach (LeafInHand hand in _hands)
            hand.Leaf.Dispose();
    }
}
