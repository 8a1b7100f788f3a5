using Forebay.Streams;

namespace Forebay.PostgreSql.Scans.Maintenance;

/// <summary>Some of a table's blocks, picked at random and in order: each set of that size is equally likely.</summary>
/// <remarks>
/// Knuth's selection sampling: a block is taken with the chance of those still wanted among those still left. Blocks
/// that are not taken are passed over with one random number for a whole stretch. The same seed picks the same blocks.
/// </remarks>
public struct BlockSample : IBlockSource
{
    private readonly Random _random;
    private uint _next;
    private uint _left;
    private uint _wanted;

    /// <summary>Prepares to pick.</summary>
    /// <param name="blocks">How many blocks the table has.</param>
    /// <param name="wanted">How many to pick; all if there are not more.</param>
    /// <param name="seed">Which sample.</param>
    public BlockSample(uint blocks, uint wanted, int seed)
    {
        _random = new Random(seed);
        _next = 0;
        _left = blocks;
        _wanted = Math.Min(wanted, blocks);
        Count = _wanted;
    }

    /// <summary>How many blocks are picked altogether.</summary>
    public uint Count { get; }

    /// <inheritdoc/>
    public bool TryNext(out uint block)
    {
        block = _next;
        if (_wanted == 0)
            return false;
        if (_left > _wanted)
        {
            // The chance that the next block, and the one after it, and so on, is passed over, until it is too small.
            double chosen = _random.NextDouble();
            double passed = 1.0 - ((double)_wanted / _left);
            while (chosen < passed)
            {
                _next++;
                _left--;
                passed *= 1.0 - ((double)_wanted / _left);
            }
        }

        block = _next++;
        _left--;
        _wanted--;
        return true;
    }
}
