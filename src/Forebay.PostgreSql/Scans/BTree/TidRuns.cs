using Forebay.Streams;

namespace Forebay.PostgreSql.Scans.BTree;

/// <summary>Names the table's pages that an index leads to, and remembers which places are meant.</summary>
internal readonly struct TidRuns(TidQueue queue) : IBlockSource<TidRun>
{
    public bool TryNext(ref TidRun data, out uint block) => queue.TryName(out data, out block);
}
