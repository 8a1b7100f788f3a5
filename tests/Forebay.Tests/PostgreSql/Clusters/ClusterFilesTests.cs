using Forebay.PostgreSql.Clusters;
using Forebay.PostgreSql.Pages;

namespace Forebay.Tests.PostgreSql.Clusters;

public sealed class ClusterFilesTests(ClusterFixture cluster) : IDisposable
{
    private const string VersionDirectory = "PG_18_202506291";

    // A data directory of a test's own, with nothing but the three directories and a control file.
    private readonly DirectoryInfo _bare = Bare(cluster);

    public void Dispose() => _bare.Delete(recursive: true);

    [Fact]
    public void Find_CleanCluster_GivesPostgreSqlsNumbers()
    {
        PlainVerification result = PlainVerification.Of(cluster.DataDirectory);
        string[] expected = ClusterFixture.Expected("pg_checksums.txt");
        Assert.Contains($"Files scanned:   {result.FilesScanned}", expected);
        Assert.Contains($"Blocks scanned:  {result.BlocksScanned}", expected);
        Assert.Contains($"Bad checksums:  {result.BadPages.Count}", expected);
        Assert.Empty(result.BadPages);
    }

    [Fact]
    public void Find_CorruptedCluster_GivesPostgreSqlsBadPages()
    {
        using ClusterCopy copy = cluster.Copy();
        Assert.Equal(24, copy.Corrupt());
        PlainVerification result = PlainVerification.Of(copy.DataDirectory);
        string[] expected = ClusterFixture.Expected("pg_checksums_corrupted.txt");
        Assert.Contains($"Files scanned:   {result.FilesScanned}", expected);
        Assert.Contains($"Blocks scanned:  {result.BlocksScanned}", expected);
        Assert.Equal(24, result.BadPages.Count);
        Assert.Equal(BadPage.OfCorruptedCluster(), result.BadPages);
    }

    [Fact]
    public void Find_Cluster_IsInOrdinalOrderWithLengths()
    {
        ClusterFiles found = ClusterFiles.Find(cluster.DataDirectory, ControlFile.Read(cluster.DataDirectory));
        string[] paths = [.. found.Files.Select(static file => file.Path)];
        Assert.Equal(paths.Order(StringComparer.Ordinal), paths);
        Assert.Equal(paths.Length, paths.Distinct().Count());
        Assert.Equal(found.Files.Sum(static file => file.LengthBytes), found.LengthBytes);
        Assert.Equal(383 * 8192, found.Files.Single(static file => file.Path == "base/5/16384").LengthBytes);
        Assert.Contains("global/1262_fsm", paths);
        Assert.DoesNotContain("global/pg_control", paths);
        Assert.DoesNotContain("base/5/PG_VERSION", paths);
        Assert.DoesNotContain("base/5/pg_filenode.map", paths);
    }

    [Fact]
    public void Find_NamesToSkip_AreSkipped()
    {
        foreach (string name in new[]
        {
            "base/1/PG_VERSION", "base/1/pg_filenode.map", "base/1/pg_internal.init", "base/1/pg_internal.init.77",
            "base/1/pgsql_tmp77.0", "base/pgsql_tmp/16384", "base/pgsql_tmpfoo/16384", "base/1/.DS_Store",
            "global/config_exec_params.new", "base/1/pg_control",
        })
        {
            Make(name);
        }

        ClusterFiles found = Find();
        Assert.Empty(found.Files);
        Assert.Empty(found.Problems);
    }

    [Fact]
    public void Find_NamesLikeNoRelation_AreTakenAllTheSame()
    {
        string[] names = ["base/1/PG_VERSION2", "base/1/notes", "base/1/t3_16384", "base/16384_init", "pg_tblspc/5"];
        foreach (string name in names)
            Make(name);
        Assert.Equal(names, Find().Files.Select(static file => file.Path));
    }

    [Fact]
    public void Find_Segments_HaveTheirNumbersAndFirstBlocks()
    {
        foreach (string name in new[] { "base/1/7", "base/1/7.1", "base/1/7.10", "base/1/7_vm.2" })
            Make(name);
        Assert.Equal(
            [
                ("base/1/7", 0u, 0u),
                ("base/1/7.1", 1u, 131072u),
                ("base/1/7.10", 10u, 1310720u),
                ("base/1/7_vm.2", 2u, 262144u),
            ],
            Find().Files.Select(static file => (file.Path, file.Segment, file.FirstBlock(131072))));
    }

    [Fact]
    public void Find_BadSegmentNumber_IsAProblemAndTheRestIsFound()
    {
        foreach (string name in new[] { "base/1/7.0", "base/1/8.conf", "base/1/9" })
            Make(name);
        ClusterFiles found = Find();
        Assert.Equal("base/1/9", Assert.Single(found.Files).Path);
        Assert.Equal(["base/1/7.0", "base/1/8.conf"], found.Problems.Select(static problem => problem.Path));
        Assert.All(found.Problems, static problem => Assert.Equal(RelationFile.SegmentProblem, problem.Message));
    }

    [Fact]
    public void Find_Tablespace_LooksOnlyIntoItsOwnVersion()
    {
        DirectoryInfo tablespace = _bare.CreateSubdirectory("elsewhere");
        Directory.CreateSymbolicLink(Path.Combine(_bare.FullName, "pg_tblspc/16400"), tablespace.FullName);
        Make($"elsewhere/{VersionDirectory}/5/16401.1");
        Make($"elsewhere/{VersionDirectory}/pgsql_tmp/16401");
        Make("elsewhere/PG_15_202209061/5/16401");
        Make("elsewhere/16402");

        // A tablespace in place: a directory instead of a link.
        Make($"pg_tblspc/16500/{VersionDirectory}/5/16501");

        ClusterFiles found = Find();
        Assert.Empty(found.Problems);
        Assert.Equal(
            [
                ($"pg_tblspc/16400/{VersionDirectory}/5/16401.1", 1u),
                ($"pg_tblspc/16500/{VersionDirectory}/5/16501", 0u),
            ],
            found.Files.Select(static file => (file.Path, file.Segment)));
    }

    [Fact]
    public void Find_TablespaceWithoutItsVersion_IsAProblem()
    {
        Make("pg_tblspc/16400/PG_15_202209061/5/16401");
        Directory.CreateSymbolicLink(Path.Combine(_bare.FullName, "pg_tblspc/16401"), "/absent");
        Make("base/1/9");
        ClusterFiles found = Find();
        Assert.Equal("base/1/9", Assert.Single(found.Files).Path);
        Assert.Equal(
            [$"pg_tblspc/16400/{VersionDirectory}", $"pg_tblspc/16401/{VersionDirectory}"],
            found.Problems.Select(static problem => problem.Path));
    }

    [Fact]
    public void Find_Links_AreFollowedAsDirectories()
    {
        Make("elsewhere/16384");
        string elsewhere = Path.Combine(_bare.FullName, "elsewhere");
        Directory.CreateSymbolicLink(Path.Combine(_bare.FullName, "base/1"), elsewhere);
        File.CreateSymbolicLink(Path.Combine(_bare.FullName, "base/16384"), Path.Combine(elsewhere, "16384"));
        ClusterFiles found = Find();
        Assert.Equal("base/1/16384", Assert.Single(found.Files).Path);
        Assert.Equal("base/16384", Assert.Single(found.Problems).Path);
    }

    [Fact]
    public void Find_LinkToItsParent_Ends()
    {
        Make("base/1/9");
        Directory.CreateSymbolicLink(Path.Combine(_bare.FullName, "base/1/up"), Path.Combine(_bare.FullName, "base"));
        ClusterFiles found = Find();
        Assert.Contains(found.Files, static file => file.Path == "base/1/9");
        Assert.Contains("directories deep", Assert.Single(found.Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_DirectoryMissing_IsAProblem()
    {
        Directory.Delete(Path.Combine(_bare.FullName, "base"), recursive: true);
        Make("global/1262");
        ClusterFiles found = Find();
        Assert.Equal("global/1262", Assert.Single(found.Files).Path);
        Assert.Equal("base", Assert.Single(found.Problems).Path);
    }

    private static DirectoryInfo Bare(ClusterFixture cluster)
    {
        DirectoryInfo bare = Directory.CreateTempSubdirectory("forebay-bare-");
        foreach (string name in new[] { "base", "global", "pg_tblspc" })
            bare.CreateSubdirectory(name);
        File.Copy(
            Path.Combine(cluster.DataDirectory, ControlFile.RelativePath),
            Path.Combine(bare.FullName, ControlFile.RelativePath));
        return bare;
    }

    private ClusterFiles Find() => ClusterFiles.Find(_bare.FullName, ControlFile.Read(_bare.FullName));

    private void Make(string relativePath)
    {
        string path = Path.Combine(_bare.FullName, relativePath);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, new byte[PageChecksum.PageSize]);
    }
}
