using Forebay.Streams;

namespace Forebay.PostgreSql.Scans;

/// <summary>One session's blocks of a scan that several share.</summary>
internal struct SharedBlockSource(SharedBlocks shared) : IBlockSource
{
    private uint _next;
    private uint _end;

    public bool TryNext(out uint block)
    {
        if (_next == _end && !shared.TryTake(out _next, out _end))
        {
            block = 0;
            return false;
        }

        block = _next++;
        return true;
    }
}
