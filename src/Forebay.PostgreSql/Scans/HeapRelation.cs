using Forebay.Buffers;
using Forebay.PostgreSql.Catalog;
using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Tuples;
using Forebay.PostgreSql.Visibility;
using Forebay.Storage;

namespace Forebay.PostgreSql.Scans;

/// <summary>A table of a stopped cluster, open in one session: where its scans begin.</summary>
/// <remarks>
/// One flow at a time, that of the session; <see cref="OpenIn"/> gives the same table to another session. The
/// instance must have been opened on the cluster's data directory, with its page size, segment size and the name of its
/// tablespace directories: see <see cref="ClusterOptions"/>.
/// </remarks>
public sealed class HeapRelation
{
    /// <summary>
    /// A table larger than this part of the pool is read through a ring, so that it pushes nobody out.
    /// </summary>
    private const int PoolShare = 4;

    private readonly PostgreSqlCluster _cluster;
    private readonly DatabaseCatalog _catalog;

    private HeapRelation(
        ForebaySession session,
        PostgreSqlCluster cluster,
        DatabaseCatalog catalog,
        CatalogRelation relation,
        CatalogColumn[] columns,
        TupleLayout layout)
    {
        Session = session;
        _cluster = cluster;
        _catalog = catalog;
        Relation = relation;
        ColumnArray = columns;
        Layout = layout;
        Relation files = session.Instance.Relation(relation.Locator);
        Main = files.Main;
        VisibilityFork = files.VisibilityMap;
        Toast = new RelationToast(session, cluster, catalog);
    }

    /// <summary>The session that reads.</summary>
    public ForebaySession Session { get; }

    /// <summary>The table in the catalog.</summary>
    public CatalogRelation Relation { get; }

    /// <summary>Its columns, dropped ones included.</summary>
    public IReadOnlyList<CatalogColumn> Columns => ColumnArray;

    /// <summary>Its rows.</summary>
    public RelationFork Main { get; }

    /// <summary>How many blocks it has now.</summary>
    public uint BlockCount => Session.GetBlockCount(Main);

    /// <summary>Tells which row versions are visible.</summary>
    public TupleVisibility Visibility => _cluster.Visibility;

    internal CatalogColumn[] ColumnArray { get; }

    internal TupleLayout Layout { get; }

    internal IToastSource Toast { get; }

    internal RelationFork VisibilityFork { get; }

    /// <summary>The database that the table is in.</summary>
    internal DatabaseCatalog Catalog => _catalog;

    /// <summary>Whether there is a visibility map.</summary>
    internal bool HasVisibilityMap => Session.Exists(VisibilityFork);

    /// <summary>How pages of the table use the pool when all of it is read.</summary>
    internal AccessStrategy BulkStrategy => BulkStrategyFor(BlockCount);

    /// <summary>Opens a table.</summary>
    /// <param name="session">The session that will read.</param>
    /// <param name="cluster">The cluster.</param>
    /// <param name="catalog">One of its databases.</param>
    /// <param name="relation">A table, materialised view or TOAST table of that database.</param>
    /// <exception cref="ArgumentException">
    /// It has no rows of its own; or the instance does not fit the cluster.
    /// </exception>
    /// <exception cref="DamagedDataException">A catalog is damaged.</exception>
    public static HeapRelation Open(
        ForebaySession session, PostgreSqlCluster cluster, DatabaseCatalog catalog, CatalogRelation relation)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(relation);
        ClusterOptions.Check(session.Instance.Options, cluster.ControlFile);
        if (!relation.HasStorage || relation.AccessMethod != "heap")
        {
            throw new ArgumentException(
                $"{relation.Schema}.{relation.Name} is no table with rows of its own ({relation.Kind})",
                nameof(relation));
        }

        CatalogColumn[] columns = [.. catalog.ReadColumns(relation)];
        var shapes = new ColumnShape[columns.Length];
        for (int i = 0; i < shapes.Length; i++)
            shapes[i] = columns[i].Shape;
        return new HeapRelation(session, cluster, catalog, relation, columns, new TupleLayout(shapes));
    }

    /// <summary>The same table in another session of the same instance: for scans that share their work.</summary>
    /// <param name="session">The session.</param>
    public HeapRelation OpenIn(ForebaySession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (session.Instance != Session.Instance)
            throw new ArgumentException("The session is one of another instance.", nameof(session));
        return new HeapRelation(session, _cluster, _catalog, Relation, ColumnArray, Layout);
    }

    /// <summary>Opens another table of the same database, such as a catalog, in the same session.</summary>
    internal HeapRelation OpenOther(string schema, string name) => Open(
        Session,
        _cluster,
        _catalog,
        _catalog.Find(schema, name) ?? throw new NotSupportedException($"There is no {schema}.{name}."));

    /// <summary>
    /// The oldest transaction that somebody may still look back from, of what a stopped cluster shows; null = nobody
    /// does. For <see cref="Maintenance.VacuumPassOptions.Horizon"/>.
    /// </summary>
    /// <exception cref="Forebay.PostgreSql.Clusters.ClusterException">A file cannot be read.</exception>
    public uint? FindVacuumHorizon()
    {
        bool isShared = Relation.Locator.Tablespace == RelationLocator.GlobalTablespace;
        return VacuumHorizon.Find(
            _cluster.DataDirectory,
            _cluster.ControlFile,
            isShared ? 0 : _catalog.Database.Id,
            isCatalog: Relation.Id < CatalogIds.FirstOfUsers);
    }

    /// <summary>Finds a column by name; dropped ones are not found.</summary>
    /// <param name="name">The name, as the catalog has it.</param>
    /// <returns>Its place in <see cref="Columns"/>, or -1.</returns>
    public int FindColumn(string name) =>
        Array.FindIndex(ColumnArray, column => !column.IsDropped && column.Name == name);

    /// <summary>Opens the visibility map.</summary>
    /// <returns>The map, the caller's to dispose; of a table without one, every page is not all-visible.</returns>
    public VisibilityMap OpenVisibilityMap() => new(Session, VisibilityFork);

    /// <summary>Begins a sequential scan: of the whole table, a range of it, or a share.</summary>
    /// <param name="options">What and how; null = the whole table.</param>
    /// <returns>The scan, the caller's to dispose.</returns>
    public SequentialScan ScanSequentially(SequentialScanOptions? options = null) =>
        new(this, options ?? SequentialScanOptions.Default);

    private AccessStrategy BulkStrategyFor(uint blocks) =>
        blocks > (uint)(Session.Instance.PoolPages / PoolShare) ? AccessStrategy.BulkRead : AccessStrategy.Normal;
}
