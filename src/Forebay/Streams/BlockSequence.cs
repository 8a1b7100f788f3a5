namespace Forebay.Streams;

/// <summary>
/// Any blocks in any order, repeats included, from a list that stays unchanged while the stream reads it.
/// </summary>
public struct BlockSequence(ReadOnlyMemory<uint> blocks) : IBlockSource
{
    private readonly ReadOnlyMemory<uint> _blocks = blocks;
    private int _next;

    /// <summary>A sequence of the given blocks.</summary>
    public static implicit operator BlockSequence(uint[] blocks) => new(blocks);

    /// <summary>A sequence of the given blocks.</summary>
    public static BlockSequence From(params uint[] blocks) => new(blocks);

    /// <inheritdoc/>
    public bool TryNext(out uint block)
    {
        if (_next == _blocks.Length)
        {
            block = 0;
            return false;
        }

        block = _blocks.Span[_next++];
        return true;
    }
}
