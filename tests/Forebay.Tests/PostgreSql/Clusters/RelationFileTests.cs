using Forebay.PostgreSql.Clusters;

namespace Forebay.Tests.PostgreSql.Clusters;

public sealed class RelationFileTests(ClusterFixture cluster)
{
    [Theory]
    [InlineData("16384", 0u)]
    [InlineData("16384_fsm", 0u)]
    [InlineData("16384.1", 1u)]
    [InlineData("16384_vm.12", 12u)]
    [InlineData("16384.007", 7u)]
    [InlineData("16384.3.bak", 3u)]
    [InlineData(".1x", 1u)]
    [InlineData("16384.2147483647", 2147483647u)]
    public void TryParseSegment_RelationName_GivesSegment(string name, uint expected)
    {
        Assert.True(RelationFile.TryParseSegment(name, out uint segment));
        Assert.Equal(expected, segment);
    }

    [Theory]
    [InlineData("16384.")]
    [InlineData("16384.0")]
    [InlineData("16384.x1")]
    [InlineData("16384.-1")]
    [InlineData("16384.bak.1")]
    [InlineData("16384.2147483648")]
    [InlineData("16384.99999999999999999999")]
    public void TryParseSegment_NoUsableNumber_Fails(string name) =>
        Assert.False(RelationFile.TryParseSegment(name, out _));

    [Fact]
    public void FirstBlock_PastTheLastBlockNumber_Wraps() =>
        Assert.Equal(131072u, new RelationFile("7", 32769, 0).FirstBlock());

    [Fact]
    public void Find_RelationFile_GivesPathSegmentAndLength()
    {
        string path = Path.Combine(cluster.DataDirectory, "base/5/16393");
        Assert.Equal(new RelationFile(path, 0, 435 * 8192), RelationFile.Find(path));
    }

    [Fact]
    public void Find_LinkToSegment_GivesLengthOfTheFile()
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("forebay-link-");
        try
        {
            string link = Path.Combine(directory.FullName, "16393.2");
            File.CreateSymbolicLink(link, Path.Combine(cluster.DataDirectory, "base/5/16393"));
            Assert.Equal(new RelationFile(link, 2, 435 * 8192), RelationFile.Find(link));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("base/5", "is a directory; expected a relation file")]
    [InlineData("base/5/99999", "no such file")]
    [InlineData("absent/99999", "no such file")]
    [InlineData("postgresql.conf", "no valid segment number")]
    public void Find_NoRelationFile_SaysWhy(string relativePath, string expected)
    {
        string path = Path.Combine(cluster.DataDirectory, relativePath);
        var thrown = Assert.Throws<ClusterException>(() => RelationFile.Find(path));
        Assert.StartsWith(path + ": ", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(expected, thrown.Message, StringComparison.Ordinal);
    }
}
