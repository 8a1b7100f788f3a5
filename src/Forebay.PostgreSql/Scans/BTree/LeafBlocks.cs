using Forebay.Streams;

namespace Forebay.PostgreSql.Scans.BTree;

/// <summary>Names the leaves that the level above them leads to.</summary>
internal readonly struct LeafBlocks(Queue<uint> leaves) : IBlockSource
{
    public bool TryNext(out uint block) => leaves.TryDequeue(out block);
}
