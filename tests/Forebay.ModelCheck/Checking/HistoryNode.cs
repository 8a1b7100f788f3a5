namespace Forebay.ModelCheck.Checking;

/// <summary>
/// What a thread has seen so far, which determines where it stands in its program: what it stores plainly until its
/// next step, and that step.
/// </summary>
internal sealed class HistoryNode
{
    public HistoryNode(int actor, HistoryNode? parent, ulong seen, ulong[] view, UInt128 key)
    {
        (Actor, Parent, Seen, View, Key) = (actor, parent, seen, view, key);
        Depth = parent is null ? 0 : parent.Depth + 1;
    }

    public int Actor { get; }

    public HistoryNode? Parent { get; }

    /// <summary>What the last step has returned.</summary>
    public ulong Seen { get; }

    /// <summary>The memory as the thread saw it after that step.</summary>
    public ulong[] View { get; }

    /// <summary>Tells it from all others of the actor.</summary>
    public UInt128 Key { get; set; }

    public int Depth { get; }

    /// <summary>What it stores before its next step.</summary>
    public Store[] Stores { get; set; } = [];

    /// <summary>The next step; null = its program has ended.</summary>
    public Operation? Next { get; set; }

    /// <summary>What did not hold.</summary>
    public string? Violation { get; set; }

    /// <summary>What the program says of itself.</summary>
    public long Mark { get; set; }
}
