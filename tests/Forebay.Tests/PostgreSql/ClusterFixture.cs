using System.Formats.Tar;
using System.IO.Compression;

[assembly: AssemblyFixture(typeof(Forebay.Tests.PostgreSql.ClusterFixture))]

namespace Forebay.Tests.PostgreSql;

/// <summary>The PostgreSQL 18 cluster of the test data, unpacked once for the whole test run.</summary>
/// <remarks>A test class takes it in its constructor. <see cref="DataDirectory"/> is shared: read it only.</remarks>
public sealed class ClusterFixture : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("forebay-cluster-");

    public ClusterFixture()
    {
        using FileStream packed = File.OpenRead(TestData("postgresql-18/pgdata-18.tar.gz"));
        using var unpacked = new GZipStream(packed, CompressionMode.Decompress);
        TarFile.ExtractToDirectory(unpacked, _root.FullName, overwriteFiles: false);
    }

    /// <summary>The data directory, undamaged. Tests that change something take a <see cref="Copy"/>.</summary>
    public string DataDirectory => Path.Combine(_root.FullName, "pgdata");

    /// <summary>The path of a file of the test data.</summary>
    public static string TestData(string relativePath) => Path.Combine(AppContext.BaseDirectory, "data", relativePath);

    /// <summary>The lines of a file of what PostgreSQL says of this cluster.</summary>
    public static string[] Expected(string fileName) =>
        File.ReadAllLines(TestData(Path.Combine("postgresql-18/expected", fileName)));

    /// <summary>A copy of the cluster that belongs to the caller.</summary>
    public ClusterCopy Copy() => new(DataDirectory);

    public void Dispose() => _root.Delete(recursive: true);
}
