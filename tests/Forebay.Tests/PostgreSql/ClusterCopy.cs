using System.Globalization;

namespace Forebay.Tests.PostgreSql;

/// <summary>A private copy of the test cluster, deleted with this object.</summary>
public sealed class ClusterCopy : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("forebay-cluster-copy-");

    public ClusterCopy(string sourceDirectory)
    {
        DataDirectory = Path.Combine(_root.FullName, "pgdata");
        Directory.CreateDirectory(DataDirectory);
        foreach (string directory in Directory.EnumerateDirectories(sourceDirectory, "*", SearchOption.AllDirectories))
            Directory.CreateDirectory(InCopy(Path.GetRelativePath(sourceDirectory, directory)));
        foreach (string file in Directory.EnumerateFiles(sourceDirectory, "*", SearchOption.AllDirectories))
            File.Copy(file, InCopy(Path.GetRelativePath(sourceDirectory, file)));
    }

    public string DataDirectory { get; }

    /// <summary>The path in this copy of a file that is named relative to the data directory.</summary>
    public string InCopy(string relativePath) => Path.Combine(DataDirectory, relativePath);

    /// <summary>Applies the single-bit damage of <c>corruptions.tsv</c>.</summary>
    /// <returns>How many pages were damaged.</returns>
    public int Corrupt()
    {
        string[] lines = ClusterFixture.Expected("corruptions.tsv");
        foreach (string line in lines.Skip(1))
        {
            string[] fields = line.Split('\t');
            long offset = long.Parse(fields[2], CultureInfo.InvariantCulture);
            Flip(fields[0], offset, byte.Parse(fields[3], CultureInfo.InvariantCulture));
        }

        return lines.Length - 1;
    }

    /// <summary>Flips bits of one byte of a file.</summary>
    public void Flip(string relativePath, long offset, byte bits)
    {
        using FileStream file = File.Open(InCopy(relativePath), FileMode.Open, FileAccess.ReadWrite);
        file.Position = offset;
        int value = file.ReadByte();
        Assert.True(value >= 0, $"{relativePath} has no byte {offset}");
        file.Position = offset;
        file.WriteByte((byte)(value ^ bits));
    }

    public void Dispose() => _root.Delete(recursive: true);
}
