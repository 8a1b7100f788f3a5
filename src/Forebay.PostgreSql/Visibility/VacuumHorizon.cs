using System.Buffers.Binary;
using System.Globalization;
using Forebay.PostgreSql.Clusters;

namespace Forebay.PostgreSql.Visibility;

/// <summary>
/// Who may still look back, of what a stopped cluster shows: transactions that were prepared, and replication slots.
/// Rows deleted by the oldest of them or later are left by VACUUM.
/// </summary>
/// <remarks>
/// Prepared transactions lie in <c>pg_twophase</c>, a file each, and count for their own database and the catalogs that
/// all share. Slots lie in <c>pg_replslot</c>, a directory each: what one holds back of all tables, and, of logical
/// ones, of catalogs. Others (snapshots of sessions, feedback of standbys) end with the server.
/// </remarks>
public static class VacuumHorizon
{
    private const string PreparedFolder = "pg_twophase";
    private const string SlotFolder = "pg_replslot";
    private const string SlotFile = "state";
    private const int PreparedHeadBytes = 16;
    private const int PreparedTransactionOffset = 8;
    private const int PreparedDatabaseOffset = 12;
    private const uint SlotMagic = 0x01051CA1;
    private const int SlotTransactionOffset = 88;
    private const int SlotCatalogTransactionOffset = 92;
    private const int SlotHeadBytes = 96;

    /// <summary>Finds the horizon of a table.</summary>
    /// <param name="dataDirectory">The data directory.</param>
    /// <param name="controlFile">Its control file.</param>
    /// <param name="database">The table's database; 0 for a table that all databases share.</param>
    /// <param name="isCatalog">Whether the table is one of the system's.</param>
    /// <returns>The oldest transaction that counts; null if nobody looks back.</returns>
    /// <exception cref="ClusterException">A file cannot be read.</exception>
    public static uint? Find(string dataDirectory, ControlFile controlFile, uint database, bool isCatalog)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataDirectory);
        ArgumentNullException.ThrowIfNull(controlFile);
        uint? oldest = null;
        try
        {
            foreach (string path in FilesIn(Path.Combine(dataDirectory, PreparedFolder)))
            {
                if (TryReadPrepared(path, out uint transaction, out uint own)
                    && (database == 0 || own == 0 || own == database))
                    Keep(ref oldest, transaction, controlFile);
            }

            string slots = Path.Combine(dataDirectory, SlotFolder);
            foreach (string slot in Directory.Exists(slots) ? Directory.EnumerateDirectories(slots) : [])
                KeepSlot(ref oldest, Path.Combine(slot, SlotFile), isCatalog, controlFile);
            return oldest;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ClusterException(
                dataDirectory,
                $"{dataDirectory}: prepared transactions and replication slots cannot be read: {failure.Message}",
                failure);
        }
    }

    private static IEnumerable<string> FilesIn(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder) : [];

    // The name is the transaction in hexadecimal, in newer versions with what counts the rounds of numbers before it.
    private static bool TryReadPrepared(string path, out uint transaction, out uint database)
    {
        database = 0;
        bool isNamed = ulong.TryParse(
            Path.GetFileName(path), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong number);
        transaction = (uint)number;
        if (!isNamed)
            return false;
        ReadOnlySpan<byte> head = Head(path, PreparedHeadBytes);
        if (head.Length == PreparedHeadBytes
            && BinaryPrimitives.ReadUInt32LittleEndian(head[PreparedTransactionOffset..]) == transaction)
            database = BinaryPrimitives.ReadUInt32LittleEndian(head[PreparedDatabaseOffset..]);
        return true;
    }

    private static void KeepSlot(ref uint? oldest, string path, bool isCatalog, ControlFile controlFile)
    {
        if (!File.Exists(path))
            return;
        ReadOnlySpan<byte> head = Head(path, SlotHeadBytes);
        if (head.Length < SlotHeadBytes || BinaryPrimitives.ReadUInt32LittleEndian(head) != SlotMagic)
            return;
        Keep(ref oldest, BinaryPrimitives.ReadUInt32LittleEndian(head[SlotTransactionOffset..]), controlFile);
        if (!isCatalog)
            return;
        uint ofCatalogs = BinaryPrimitives.ReadUInt32LittleEndian(head[SlotCatalogTransactionOffset..]);
        Keep(ref oldest, ofCatalogs, controlFile);
    }

    // Numbers go round: the older one is farther from the next to come.
    private static void Keep(ref uint? oldest, uint transaction, ControlFile controlFile)
    {
        if (transaction < TransactionNumbers.FirstNormal)
            return;
        uint next = (uint)controlFile.NextTransaction;
        if (oldest is not { } known || unchecked(next - transaction) > unchecked(next - known))
            oldest = transaction;
    }

    private static ReadOnlySpan<byte> Head(string path, int length)
    {
        using FileStream file = File.OpenRead(path);
        byte[] head = new byte[length];
        return head.AsSpan(0, file.ReadAtLeast(head, length, throwOnEndOfStream: false));
    }
}
