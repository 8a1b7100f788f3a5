namespace Forebay.Streams;

/// <summary>Consecutive blocks: from <see cref="Start"/> up to, not including, <see cref="End"/>.</summary>
public struct BlockRange : IBlockSource, IEquatable<BlockRange>
{
    /// <summary>An <see cref="End"/> that stands for the fork's size when the stream is opened (or reset).</summary>
    public const uint ToEnd = uint.MaxValue;

    private uint _next;

    /// <summary>The blocks from <paramref name="start"/> to before <paramref name="end"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The end lies before the start.</exception>
    public BlockRange(uint start, uint end = ToEnd)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(end, start);
        Start = start;
        End = end;
        _next = start;
    }

    /// <summary>Every block that the fork has when the stream is opened.</summary>
    public static BlockRange All => new(0);

    /// <summary>First block.</summary>
    public uint Start { get; }

    /// <summary>The block after the last.</summary>
    public uint End { get; }

    /// <inheritdoc/>
    public bool TryNext(out uint block)
    {
        block = _next;
        if (block >= End)
            return false;
        _next = block + 1;
        return true;
    }

    /// <summary>The range with an open end closed at the fork's size.</summary>
    internal readonly BlockRange Resolve(uint blocks) =>
        End == ToEnd ? new BlockRange(Start, Math.Max(Start, blocks)) : this;

    /// <inheritdoc/>
    public readonly bool Equals(BlockRange other) => Start == other.Start && End == other.End;

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is BlockRange other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode() => HashCode.Combine(Start, End);

    /// <summary>Whether two ranges name the same blocks.</summary>
    public static bool operator ==(BlockRange left, BlockRange right) => left.Equals(right);

    /// <summary>Whether two ranges name different blocks.</summary>
    public static bool operator !=(BlockRange left, BlockRange right) => !left.Equals(right);

    /// <inheritdoc/>
    public override readonly string ToString() => End == ToEnd ? $"[{Start}, end)" : $"[{Start}, {End})";
}
