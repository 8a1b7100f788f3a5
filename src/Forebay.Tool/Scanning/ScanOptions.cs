using Forebay.Tool.Scanning.Output;
using Forebay.Tool.Tables;

namespace Forebay.Tool.Scanning;

/// <summary>What <c>forebay scan</c> was asked for.</summary>
internal sealed record ScanOptions
{
    /// <summary>The data directory.</summary>
    public required string Directory { get; init; }

    /// <summary>The table's name.</summary>
    public required string Table { get; init; }

    /// <summary>The list of columns; null = all.</summary>
    public required string? Columns { get; init; }

    /// <summary>Conditions, all of which must hold.</summary>
    public required IReadOnlyList<string> Where { get; init; }

    /// <summary>The name of an index to go by, or null.</summary>
    public required string? Index { get; init; }

    /// <summary>The most rows that come out; null = all.</summary>
    public required long? Limit { get; init; }

    /// <summary>How rows are printed.</summary>
    public required RowFormat Format { get; init; }

    /// <summary>Whether the number of rows is printed instead.</summary>
    public required bool Count { get; init; }

    /// <summary>Sessions that share the work.</summary>
    public required int Parallel { get; init; }

    /// <summary>Whether statistics are printed.</summary>
    public required bool Explain { get; init; }

    /// <summary>How tables are read.</summary>
    public required IoSettings Io { get; init; }
}
