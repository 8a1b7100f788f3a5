namespace Forebay.PostgreSql.Scans.Bitmaps;

/// <summary>A page of a set of places.</summary>
/// <param name="Block">The page.</param>
/// <param name="IsLossy">Whether its items are not known.</param>
/// <param name="Items">Its items, if they are.</param>
internal readonly record struct BitmapPage(uint Block, bool IsLossy, PageBits Items);
