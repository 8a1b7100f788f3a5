namespace Forebay.PostgreSql.Tuples;

/// <summary>Where a column's value lies within the bytes of its row.</summary>
/// <param name="Offset">The offset of its first byte, a length word included.</param>
/// <param name="Length">Its bytes, a length word included; negative if there are none.</param>
public readonly record struct ColumnSlice(int Offset, int Length)
{
    /// <summary>The column is null.</summary>
    public static ColumnSlice Null { get; } = new(0, -1);

    /// <summary>The row was stored before the table had the column: the column's default of then applies.</summary>
    public static ColumnSlice Absent { get; } = new(0, -2);

    /// <summary>Whether the column is stored as null.</summary>
    public bool IsNull => Length == -1;

    /// <summary>Whether the row was stored before the table had the column.</summary>
    public bool IsAbsent => Length == -2;

    /// <summary>Whether there are bytes.</summary>
    public bool HasValue => Length >= 0;

    /// <summary>The bytes.</summary>
    /// <param name="row">The bytes of the row that this was made from.</param>
    /// <returns>The value with its length word, if it has one; nothing if there is no value.</returns>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> row) => Length < 0 ? default : row.Slice(Offset, Length);
}
