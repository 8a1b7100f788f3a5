using System.Globalization;
using Forebay.PostgreSql.Clusters;
using Forebay.PostgreSql.Relations;
using Forebay.PostgreSql.Visibility;
using Forebay.Storage;

namespace Forebay.PostgreSql.Catalog;

/// <summary>
/// A data directory of PostgreSQL 15 to 18 whose server was stopped cleanly: the way in to its tables.
/// </summary>
/// <remarks>Any thread. The files must not change meanwhile.</remarks>
public sealed class PostgreSqlCluster : IDisposable
{
    private const int VersionMin = 15;
    private const int VersionMax = 18;

    private readonly ClusterPages _pages;
    private readonly RelationMap _globalMap;
    private readonly List<CatalogDatabase> _databases = [];

    private PostgreSqlCluster(string dataDirectory, ControlFile controlFile)
    {
        DataDirectory = dataDirectory;
        ControlFile = controlFile;
        _pages = new ClusterPages(dataDirectory, controlFile);
        Visibility = TupleVisibility.Of(dataDirectory, controlFile);
        _globalMap = RelationMap.Read(Path.Combine(dataDirectory, "global", "pg_filenode.map"));
    }

    /// <summary>The data directory.</summary>
    public string DataDirectory { get; }

    /// <summary>Its control file, as it was when this was opened.</summary>
    public ControlFile ControlFile { get; }

    /// <summary>Tells which row versions are visible.</summary>
    public TupleVisibility Visibility { get; }

    /// <summary>The databases, in ordinal order of their names.</summary>
    public IReadOnlyList<CatalogDatabase> Databases => _databases;

    /// <summary>Pages straight from the files, as catalogs are read.</summary>
    public IRelationPages Pages => _pages;

    /// <summary>The map of the catalogs that all databases share.</summary>
    internal RelationMap GlobalMap => _globalMap;

    /// <summary>Opens a data directory and reads its list of databases.</summary>
    /// <param name="dataDirectory">The data directory.</param>
    /// <param name="acceptUnclean">
    /// Whether to go on although the server runs or crashed; what is read may then be torn or stale.
    /// </param>
    /// <exception cref="ClusterException">
    /// It is no data directory, of an unknown version, or not shut down cleanly.
    /// </exception>
    /// <exception cref="Forebay.PostgreSql.Pages.DamagedDataException">A catalog is damaged.</exception>
    public static PostgreSqlCluster Open(string dataDirectory, bool acceptUnclean = false)
    {
        ControlFile controlFile = ControlFile.Read(dataDirectory);
        if (controlFile.ServerMajorVersion is < VersionMin or > VersionMax)
        {
            throw Bad(controlFile, $"the cluster is of PostgreSQL {controlFile.ServerMajorVersion}; " +
                $"catalogs of {VersionMin} to {VersionMax} can be read");
        }

        if (!acceptUnclean && !controlFile.IsShutDownCleanly)
        {
            throw Bad(controlFile, "the cluster must be shut down cleanly: its server runs, or did not stop in order " +
                $"(state {controlFile.State})");
        }

        var cluster = new PostgreSqlCluster(dataDirectory, controlFile);
        try
        {
            cluster.ReadDatabases();
            return cluster;
        }
        catch
        {
            cluster.Dispose();
            throw;
        }
    }

    /// <summary>Finds a database by name.</summary>
    /// <param name="name">The name, as the catalog has it.</param>
    /// <returns>The database, or null.</returns>
    public CatalogDatabase? FindDatabase(string name) => _databases.Find(database => database.Name == name);

    /// <summary>Reads the catalogs of a database.</summary>
    /// <param name="database">One of <see cref="Databases"/>.</param>
    /// <returns>Its relations.</returns>
    /// <exception cref="ClusterException">A file is missing or cannot be read.</exception>
    /// <exception cref="Forebay.PostgreSql.Pages.DamagedDataException">A catalog is damaged.</exception>
    public DatabaseCatalog OpenDatabase(CatalogDatabase database)
    {
        ArgumentNullException.ThrowIfNull(database);
        return new DatabaseCatalog(this, database);
    }

    /// <summary>Closes the files.</summary>
    public void Dispose() => _pages.Dispose();

    /// <summary>Where the files of a database's own relations are, in its own tablespace.</summary>
    internal string FolderOf(CatalogDatabase database)
    {
        var locator = new RelationLocator(database.Tablespace, database.Id, 0);
        return Path.Combine(DataDirectory, Path.GetDirectoryName(_pages.NameOf(locator))!);
    }

    private void ReadDatabases()
    {
        if (!_globalMap.TryGet(CatalogIds.Databases, out uint file))
            throw Bad(ControlFile, "the relation map has no pg_database");
        var locator = new RelationLocator(RelationLocator.GlobalTablespace, 0, file);
        var shape = new CatalogShape(
            "pg_database", locator, AttributeLayout.Databases(ControlFile.ServerMajorVersion));
        int oid = shape["oid"];
        int name = shape["datname"];
        int tablespace = shape["dattablespace"];
        int encoding = shape["encoding"];
        int template = shape["datistemplate"];
        int connections = shape["datallowconn"];
        new CatalogScan(_pages, Visibility, ServerText.Utf8).Visit(locator, shape.Layout, (in CatalogRow row) =>
            _databases.Add(new CatalogDatabase(
                row.ObjectId(oid),
                row.Name(name),
                row.ObjectId(tablespace),
                row.Int32(encoding),
                row.Boolean(template),
                row.Boolean(connections))));
        _databases.Sort(static (left, right) => string.CompareOrdinal(left.Name, right.Name));
    }

    private static ClusterException Bad(ControlFile controlFile, string problem) => new(
        controlFile.Path, string.Create(CultureInfo.InvariantCulture, $"{controlFile.Path}: {problem}"));
}
