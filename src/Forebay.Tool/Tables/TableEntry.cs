namespace Forebay.Tool.Tables;

/// <summary>One table of <see cref="TablesReport"/>.</summary>
/// <param name="Database">Its database.</param>
/// <param name="Schema">Its schema.</param>
/// <param name="Name">Its name.</param>
/// <param name="File">Its first file, relative to the data directory.</param>
/// <param name="Blocks">Pages.</param>
/// <param name="AllVisibleBlocks">Pages that its visibility map says to hold only rows that everybody sees.</param>
internal sealed record TableEntry(
    string Database, string Schema, string Name, string File, uint Blocks, long AllVisibleBlocks)
{
    /// <summary>The share of pages that are all-visible; 1 of a table without pages.</summary>
    public double ShareAllVisible() => Blocks == 0 ? 1 : (double)AllVisibleBlocks / Blocks;
}
