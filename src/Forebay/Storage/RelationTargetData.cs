using Forebay.Handles;

namespace Forebay.Storage;

/// <summary>
/// What a handle says of a relation file: enough to open it in another process and to name its blocks.
/// </summary>
/// <param name="Identity">The fork.</param>
/// <param name="Block">First block, counted from the start of the relation.</param>
/// <param name="Count">Number of blocks; zero for a sync.</param>
/// <param name="IsWrite">Whether blocks are written.</param>
internal readonly record struct RelationTargetData(ForkIdentity Identity, uint Block, int Count, bool IsWrite)
{
    private const uint WriteBit = 0x100;
    private const uint ForkMask = 0xFF;

    /// <summary>Packs into the seven words: locator (3), fork and direction, owner plus one, block, count.</summary>
    public IoTargetData Pack()
    {
        IoTargetData data = default;
        data[0] = Identity.Locator.Tablespace;
        data[1] = Identity.Locator.Database;
        data[2] = Identity.Locator.Relation;
        data[3] = (uint)Identity.Fork | (IsWrite ? WriteBit : 0);
        data[4] = (uint)(Identity.Session + 1);
        data[5] = Block;
        data[6] = (uint)Count;
        return data;
    }

    /// <summary>Reads what <see cref="Pack"/> wrote.</summary>
    public static RelationTargetData Unpack(in IoTargetData data) => new(
        new ForkIdentity(
            new RelationLocator(data[0], data[1], data[2]),
            (ForkNumber)(byte)(data[3] & ForkMask),
            (int)data[4] - 1),
        data[5],
        (int)data[6],
        (data[3] & WriteBit) != 0);

    /// <summary>
    /// File and blocks for people, by these words alone: for who looks at another process's segment. Words that are no
    /// relation's are named, too.
    /// </summary>
    public string Describe(int segmentBlocks, string tablespaceVersion)
    {
        RelationLocator locator = Identity.Locator;
        bool isPlace = locator.Tablespace != 0 && Enum.IsDefined(Identity.Fork)
            && (locator.Tablespace != RelationLocator.GlobalTablespace
                || (locator.Database == 0 && Identity.Session == RelationPaths.NoSession));
        string path = isPlace
            ? RelationPaths.Base(locator, Identity.Fork, Identity.Session, tablespaceVersion)
            : "(a file of another process)";
        int segment = (int)(Block / (uint)segmentBlocks);
        return new BlockRun(null, RelationPaths.Segment(path, segment), Block, Count).Describe();
    }
}
