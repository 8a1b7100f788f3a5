namespace Forebay.PostgreSql.Scans.Bitmaps;

/// <summary>Says whether a row is wanted.</summary>
/// <param name="row">The row; not to be kept.</param>
public delegate bool RowCondition(in HeapRow row);
