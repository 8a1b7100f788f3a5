namespace Forebay.PostgreSql.Scans.BTree;

/// <summary>
/// A range of an index: values that its first keys are equal to, and bounds of the key after these. A null never lies
/// within bounds; without any, all keys are in the range, nulls included.
/// </summary>
public sealed record IndexRange
{
    /// <summary>The whole index.</summary>
    public static IndexRange All { get; } = new();

    /// <summary>
    /// What the first keys of the index are equal to; <see cref="IndexKey.Null"/>: that they are null.
    /// </summary>
    public IReadOnlyList<IndexKey> Prefix { get; init; } = [];

    /// <summary>The least value of the key after the prefix; null = no bound.</summary>
    public IndexKey? Low { get; init; }

    /// <summary>Whether <see cref="Low"/> itself is in the range.</summary>
    public bool LowInclusive { get; init; } = true;

    /// <summary>The greatest value of the key after the prefix; null = no bound.</summary>
    public IndexKey? High { get; init; }

    /// <summary>Whether <see cref="High"/> itself is in the range.</summary>
    public bool HighInclusive { get; init; } = true;

    /// <summary>Rows whose first keys are equal to some values.</summary>
    /// <param name="keys">The values.</param>
    public static IndexRange EqualTo(params IndexKey[] keys) => new() { Prefix = keys };

    /// <summary>Rows whose first key lies between two values, both included.</summary>
    /// <param name="low">The least; null = no bound.</param>
    /// <param name="high">The greatest; null = no bound.</param>
    public static IndexRange Between(IndexKey? low, IndexKey? high) => new() { Low = low, High = high };
}
