using Forebay.Tests.PostgreSql;

namespace Forebay.Tests.Tool;

/// <summary>
/// A data directory with a few files of the test cluster, deleted with this object: for tests that change something
/// and have no need of a thousand files.
/// </summary>
internal sealed class SmallCluster : IDisposable
{
    /// <summary>Its files: a table with its maps, another table, an empty one.</summary>
    public const int Files = 5;

    /// <summary>Their blocks: 383, 3, 1, 334, 0.</summary>
    public const int Blocks = 721;

    /// <summary>Blocks of <see cref="Table"/>.</summary>
    public const int TableBlocks = 383;

    /// <summary>The first table.</summary>
    public const string Table = "base/5/16384";

    /// <summary>The table without a page.</summary>
    public const string Empty = "base/5/16406";

    private static readonly string[] s_files =
        ["global/pg_control", Table, Table + "_fsm", Table + "_vm", "base/5/16387", Empty];

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("forebay-small-cluster-");

    public SmallCluster(ClusterFixture cluster)
    {
        Directory.CreateDirectory(InCopy("pg_tblspc"));
        foreach (string file in s_files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(InCopy(file))!);
            File.Copy(Path.Combine(cluster.DataDirectory, file), InCopy(file));
        }
    }

    public string DataDirectory => _root.FullName;

    public string InCopy(string relativePath) => Path.Combine(DataDirectory, relativePath);

    /// <summary>Flips bits of one byte of a file.</summary>
    public void Flip(string relativePath, long offset, byte bits)
    {
        using FileStream file = File.Open(InCopy(relativePath), FileMode.Open, FileAccess.ReadWrite);
        file.Position = offset;
        int value = file.ReadByte();
        file.Position = offset;
        file.WriteByte((byte)(value ^ bits));
    }

    public void Dispose() => _root.Delete(recursive: true);
}
