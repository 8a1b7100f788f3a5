using Forebay.PostgreSql.Catalog;
using Forebay.PostgreSql.Scans;
using Forebay.Storage;
using Forebay.Tool.Parsing;

namespace Forebay.Tool.Tables;

/// <summary>Opens the pool that tables of a cluster are read through.</summary>
internal static class ClusterInstance
{
    // A bulk read's ring is at most an eighth of the pool.
    private const int RingsPerPool = 8;
    private const int RingBaseBytes = 256 << 10;
    // Memory is cleared by the kernel page by page, and all of a pool that is registered with io_uring at once.
    private const long PoolBytesOfOnePass = 8L << 20;
    private const long PoolBytesMin = 64L << 20;
    private const long PoolBytesMax = 1L << 30;
    private const int CombineLimit = 16;
    private const int HandlesMax = 1024;
    private const int InvalidArgument = 22; // the kernel's word for "not in this mode"

    /// <summary>Opens it for a table.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="table">The table that will be read, or null for all of them.</param>
    /// <param name="io">How to read.</param>
    /// <param name="sessions">Sessions that will be open at a time.</param>
    /// <param name="isOnePass">Whether no page is looked at twice: then few are kept.</param>
    /// <exception cref="StorageException">Direct I/O was asked for, and is refused.</exception>
    /// <exception cref="IoMethodException">The method that was asked for is refused.</exception>
    public static ForebayInstance Open(
        PostgreSqlCluster cluster, CatalogRelation? table, IoSettings io, int sessions = 1, bool isOnePass = false)
    {
        long poolMin = isOnePass ? PoolBytesOfOnePass : PoolBytesMin;
        if (io.Direct == OnOff.Off)
            return Open(cluster, io, sessions, IoMode.Buffered, poolMin);
        ForebayInstance? direct = null;
        try
        {
            direct = Open(cluster, io, sessions, IoMode.Direct, poolMin);
            if (table is not null && !IsOfDataDirectory(table.Locator))
                TryRead(direct, table.Locator);
            return direct;
        }
        catch (StorageException refusal) when (io.Direct == OnOff.Unsaid && refusal.Errno == InvalidArgument)
        {
            direct?.Dispose();
            return Open(cluster, io, sessions, IoMode.Buffered, poolMin);
        }
        catch
        {
            direct?.Dispose();
            throw;
        }
    }

    // A tablespace may lie on a file system that knows no direct I/O, whatever the data directory lies on.
    private static bool IsOfDataDirectory(RelationLocator table) =>
        table.Tablespace is RelationLocator.DefaultTablespace or RelationLocator.GlobalTablespace;

    private static void TryRead(ForebayInstance instance, RelationLocator table)
    {
        using ForebaySession session = instance.OpenSession();
        RelationFork main = instance.Relation(table).Main;
        if (session.GetBlockCount(main) > 0)
            session.Read(main, 0).Dispose();
    }

    private static ForebayInstance Open(
        PostgreSqlCluster cluster, IoSettings io, int sessions, IoMode mode, long poolMin)
    {
        const int BlockBytes = PostgreSql.Pages.PageChecksum.PageSize;
        long ringBytes = RingBaseBytes + ((long)(io.Concurrency + 1) * CombineLimit * BlockBytes * sessions);
        return ForebayInstance.Open(cluster.DataDirectory, new ForebayOptions
        {
            BlockBytes = BlockBytes,
            BufferPoolBytes = Math.Clamp(ringBytes * RingsPerPool, poolMin, PoolBytesMax),
            SegmentBlocks = checked((int)cluster.ControlFile.SegmentBlocks),
            TablespaceVersionDirectory = cluster.ControlFile.TablespaceDirectoryName,
            ReadOnly = true,
            IoMethod = io.Method,
            IoMode = mode,
            IoCombineLimit = CombineLimit,
            IoMaxConcurrency = Math.Clamp(io.Concurrency, 1, HandlesMax),
            EffectiveIoConcurrency = io.Concurrency,
            MaintenanceIoConcurrency = io.Concurrency,
            MaxSessions = sessions,
            PageCheck = ClusterOptions.PageCheckFor(cluster.ControlFile),
        });
    }
}
