using Forebay.Streams;

namespace Forebay.PostgreSql.Scans.Maintenance;

/// <summary>Blocks that a maintenance pass has to look at, of one stretch of the table at a time.</summary>
/// <remarks>
/// What is to be skipped is decided when a stretch is loaded, by the consumer: while the stream looks ahead, the source
/// reads memory only and so may be batched.
/// </remarks>
internal struct UnskippedBlocks(List<BlockRange> ranges) : IBlockSource
{
    private int _range;
    private uint _next;

    public bool TryNext(out uint block)
    {
        while (_range < ranges.Count)
        {
            BlockRange range = ranges[_range];
            if (_next < range.Start)
                _next = range.Start;
            if (_next < range.End)
            {
                block = _next++;
                return true;
            }

            _range++;
        }

        block = 0;
        return false;
    }

    /// <summary>The list has been filled anew, with blocks beyond those of before.</summary>
    public void Restart() => _range = 0;
}
