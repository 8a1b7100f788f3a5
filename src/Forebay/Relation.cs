using Forebay.Storage;

namespace Forebay;

/// <summary>A relation and its forks. A name for files, not the files: they may not exist yet. Any thread.</summary>
public sealed class Relation
{
    private readonly Func<RelationLocator, ForkNumber, RelationFork> _open;

    internal Relation(RelationLocator locator, Func<RelationLocator, ForkNumber, RelationFork> open)
    {
        Locator = locator;
        _open = open;
    }

    /// <summary>Which relation.</summary>
    public RelationLocator Locator { get; }

    /// <summary>The data.</summary>
    public RelationFork Main => _open(Locator, ForkNumber.Main);

    /// <summary>The free space map.</summary>
    public RelationFork FreeSpaceMap => _open(Locator, ForkNumber.FreeSpaceMap);

    /// <summary>The visibility map.</summary>
    public RelationFork VisibilityMap => _open(Locator, ForkNumber.VisibilityMap);

    /// <summary>The initial contents of an unlogged relation.</summary>
    public RelationFork Init => _open(Locator, ForkNumber.Init);
}
