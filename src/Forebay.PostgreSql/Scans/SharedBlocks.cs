using System.Numerics;

namespace Forebay.PostgreSql.Scans;

/// <summary>
/// The blocks of a table that several sessions scan together: each takes a chunk of neighbours when it has used up its
/// last, so that a fast session does more.
/// </summary>
/// <remarks>
/// Chunks are large while much is left and shrink towards the end, so that the sessions end together; but never below
/// what makes a whole operation. Any thread; nobody waits.
/// </remarks>
public sealed class SharedBlocks
{
    /// <summary>Few enough chunks to be cheap, many enough to share evenly.</summary>
    private const int ChunksWanted = 2048;

    private const int ChunkMax = 8192;

    /// <summary>From so many chunks before the end they shrink.</summary>
    private const int ChunksAtEnd = 64;

    private readonly long _end;
    private readonly int _chunkMin;
    private readonly int _chunk;
    private long _next;

    /// <summary>Shares out the blocks of a range.</summary>
    /// <param name="start">The first block.</param>
    /// <param name="end">The block after the last.</param>
    /// <param name="chunkMin">
    /// The smallest chunk; best is what one operation can read (<c>io_combine_limit</c>).
    /// </param>
    public SharedBlocks(uint start, uint end, int chunkMin = 16)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(end, start);
        ArgumentOutOfRangeException.ThrowIfLessThan(chunkMin, 1);
        _next = start;
        _end = end;
        _chunkMin = Math.Min(chunkMin, ChunkMax);
        uint even = BitOperations.RoundUpToPowerOf2((end - start) / ChunksWanted);
        _chunk = (int)Math.Clamp(even, (uint)_chunkMin, ChunkMax);
    }

    /// <summary>Takes the next chunk.</summary>
    /// <param name="start">Its first block.</param>
    /// <param name="end">The block after its last.</param>
    /// <returns>False if all blocks are taken.</returns>
    public bool TryTake(out uint start, out uint end)
    {
        // Acquire: orders nothing but itself; a stale number makes the exchange below fail and costs a turn.
        long next = Volatile.Read(ref _next);
        while (next < _end)
        {
            long chunk = Math.Clamp((_end - next) / ChunksAtEnd, _chunkMin, _chunk);
            long after = Math.Min(next + chunk, _end);
            // Full fence: whoever moves the number on owns the blocks between; each block has one owner.
            long seen = Interlocked.CompareExchange(ref _next, after, next);
            if (seen == next)
            {
                (start, end) = ((uint)next, (uint)after);
                return true;
            }

            next = seen;
        }

        start = end = 0;
        return false;
    }
}
