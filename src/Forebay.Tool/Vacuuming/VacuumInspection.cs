using Forebay.PostgreSql.Catalog;
using Forebay.PostgreSql.Scans;
using Forebay.PostgreSql.Scans.Maintenance;
using Forebay.Storage;
using Forebay.Tool.Tables;

namespace Forebay.Tool.Vacuuming;

/// <summary>Looks at one table after another.</summary>
internal sealed class VacuumInspection(PostgreSqlCluster cluster, IoSettings io, bool skipAllVisible) : IDisposable
{
    private readonly ForebayInstance _instance = ClusterInstance.Open(cluster, null, io, isOnePass: true);

    /// <summary>Looks at a table.</summary>
    public VacuumEntry Inspect(ClusterTable table)
    {
        if (table.Relation.Locator.Tablespace == RelationLocator.DefaultTablespace)
            return Inspect(table, _instance);
        // Another tablespace may lie on a file system that has to be read in another way.
        using ForebayInstance own = ClusterInstance.Open(cluster, table.Relation, io, isOnePass: true);
        return Inspect(table, own);
    }

    /// <summary>Gives the pool back.</summary>
    public void Dispose() => _instance.Dispose();

    private VacuumEntry Inspect(ClusterTable table, ForebayInstance instance)
    {
        using ForebaySession session = instance.OpenSession();
        HeapRelation relation = HeapRelation.Open(session, cluster, table.Catalog, table.Relation);
        uint blocks = relation.BlockCount;
        using VacuumPass pass = new(relation, new VacuumPassOptions
        {
            SkipAllVisible = skipAllVisible,
            Horizon = relation.FindVacuumHorizon(),
        });
        VacuumReport report = pass.Run();
        using VisibilityMap map = relation.OpenVisibilityMap();
        return new VacuumEntry(
            table.Catalog.Database.Name,
            table.Relation.Schema,
            table.Relation.Name,
            relation.Main.Path,
            blocks,
            map.CountAllVisible(blocks),
            report.Live,
            report.Dead,
            report.RecentlyDead,
            report.Unused,
            report.FreeBytes,
            report.ReclaimableBytes);
    }
}
