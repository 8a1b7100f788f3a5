namespace Forebay.Tool.Vacuuming;

/// <summary>One table of <see cref="VacuumTables"/>.</summary>
/// <param name="Database">Its database.</param>
/// <param name="Schema">Its schema.</param>
/// <param name="Name">Its name.</param>
/// <param name="File">Its first file, relative to the data directory.</param>
/// <param name="Blocks">Pages.</param>
/// <param name="AllVisibleBlocks">Pages that its visibility map says to hold only rows that everybody sees.</param>
/// <param name="Live">Visible rows.</param>
/// <param name="Dead">Row versions that VACUUM would take away.</param>
/// <param name="RecentlyDead">Row versions, deleted or only prepared, that VACUUM would leave.</param>
/// <param name="Unused">Line pointers that stand for nothing.</param>
/// <param name="FreeBytes">Bytes free for new rows.</param>
/// <param name="ReclaimableBytes">Bytes that VACUUM would add to them.</param>
internal sealed record VacuumEntry(
    string Database,
    string Schema,
    string Name,
    string File,
    uint Blocks,
    long AllVisibleBlocks,
    long Live,
    long Dead,
    long RecentlyDead,
    long Unused,
    long FreeBytes,
    long ReclaimableBytes);
