using Forebay.Storage;
using Forebay.Tests.Support;

namespace Forebay.Tests.Storage;

public class RelationPathTests
{
    [Theory]
    [InlineData(1663u, 5u, 16384u, ForkNumber.Main, "base/5/16384")]
    [InlineData(1663u, 5u, 16384u, ForkNumber.FreeSpaceMap, "base/5/16384_fsm")]
    [InlineData(1663u, 5u, 16384u, ForkNumber.VisibilityMap, "base/5/16384_vm")]
    [InlineData(1663u, 5u, 16384u, ForkNumber.Init, "base/5/16384_init")]
    [InlineData(1664u, 0u, 1262u, ForkNumber.Main, "global/1262")]
    [InlineData(1664u, 0u, 1262u, ForkNumber.VisibilityMap, "global/1262_vm")]
    [InlineData(24576u, 5u, 16390u, ForkNumber.Main, "pg_tblspc/24576/PG_18_202506291/5/16390")]
    [InlineData(4294967295u, 4294967295u, 4294967295u, ForkNumber.Main,
        "pg_tblspc/4294967295/PG_18_202506291/4294967295/4294967295")]
    public void Relation_EachPlace_HasPostgreSqlsName(
        uint tablespace, uint database, uint relation, ForkNumber fork, string path)
    {
        using EngineFixture bench = new();

        RelationFork found = bench.Storage.Relation(new RelationLocator(tablespace, database, relation), fork);

        Assert.Equal(path, found.Path);
        Assert.Equal(path + ".3", found.SegmentPath(3));
        Assert.Equal(Path.Combine(bench.DataDirectory, path + ".1"), found.SegmentFullPath(1));
    }

    [Theory]
    [InlineData(1663u, ForkNumber.Main, "base/5/t12_16384")]
    [InlineData(1663u, ForkNumber.FreeSpaceMap, "base/5/t12_16384_fsm")]
    [InlineData(24576u, ForkNumber.Main, "pg_tblspc/24576/PG_18_202506291/5/t12_16384")]
    public void Temporary_NamesItsSession(uint tablespace, ForkNumber fork, string path)
    {
        using EngineFixture bench = new();

        RelationFork found = bench.Storage.Temporary(12, new RelationLocator(tablespace, 5, 16384), fork);

        Assert.Equal(path, found.Path);
        Assert.True(found.IsTemporary);
    }

    [Fact]
    public void Relation_SameIdentity_IsTheSameObject()
    {
        using EngineFixture bench = new();
        RelationLocator locator = new(1663, 5, 1);

        RelationFork main = bench.Storage.Relation(locator, ForkNumber.Main);

        Assert.Same(main, bench.Storage.Relation(locator, ForkNumber.Main));
        RelationFork[] others =
        [
            bench.Storage.Relation(locator, ForkNumber.Init),
            bench.Storage.Relation(locator with { Database = 6 }, ForkNumber.Main),
            bench.Storage.Temporary(0, locator, ForkNumber.Main),
            bench.Storage.Temporary(1, locator, ForkNumber.Main),
        ];
        Assert.Equal(5, others.Append(main).Select(fork => fork.Key).Distinct().Count());
        Assert.DoesNotContain(0, others.Select(fork => fork.Key));
    }

    [Fact]
    public void File_SamePathWrittenDifferently_IsTheSameObject()
    {
        using EngineFixture bench = new();
        string path = Path.Combine(bench.DataDirectory, "plain");

        RelationFork file = bench.Storage.File(path);

        Assert.Same(file, bench.Storage.File(Path.Combine(bench.DataDirectory, "x", "..", "plain")));
        Assert.Equal((0u, 0u), (file.Locator.Tablespace, file.Locator.Database));
        Assert.NotEqual(file.Locator, bench.Storage.File(path + "2").Locator);
        Assert.True(file.IsPlainFile);
    }

    [Fact]
    public void Relation_ManyThreads_AgreeOnOneObject()
    {
        using EngineFixture bench = new();
        RelationFork[][] found = new RelationFork[8][];

        Parallel.For(0, found.Length, thread => found[thread] =
            [.. Enumerable.Range(1, 500).Select(n => bench.Storage.Relation(
                new RelationLocator(1663, 5, (uint)n), ForkNumber.Main))]);

        foreach (RelationFork[] list in found)
            Assert.All(list.Zip(found[0]), pair => Assert.Same(pair.Second, pair.First));
        Assert.Equal(500, found[0].Select(fork => fork.Key).Distinct().Count());
        Assert.Equal(500, bench.Storage.ForksKnown);
    }

    [Fact]
    public void Forget_Fork_LaterRequestMakesANewObject()
    {
        using EngineFixture bench = new();
        RelationFork fork = bench.NewRelation(7, 3);
        int key = fork.Key;

        bench.Storage.Forget(fork);

        Assert.Equal(0, bench.Storage.ForksKnown);
        Assert.Equal(0, bench.Storage.Files.InUse);
        RelationFork again = bench.Storage.Relation(fork.Locator, ForkNumber.Main);
        Assert.NotEqual(key, again.Key);
        Assert.Equal(3u, bench.Storage.GetBlockCount(again));
    }

    [Fact]
    public void Relation_NoSuchPlace_Throws()
    {
        using EngineFixture bench = new();

        Assert.Throws<ArgumentException>(
            () => bench.Storage.Relation(new RelationLocator(0, 5, 1), ForkNumber.Main));
        Assert.Throws<ArgumentException>(
            () => bench.Storage.Relation(new RelationLocator(1664, 5, 1), ForkNumber.Main));
        Assert.Throws<ArgumentException>(
            () => bench.Storage.Temporary(3, new RelationLocator(1664, 0, 1), ForkNumber.Main));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => bench.Storage.Temporary(-1, new RelationLocator(1663, 5, 1), ForkNumber.Main));
        Assert.Throws<ArgumentException>(
            () => bench.Storage.Relation(new RelationLocator(1663, 5, 1), (ForkNumber)4));
    }

    [Theory]
    [InlineData(511, 16, 10)]
    [InlineData(3000, 16, 10)]
    [InlineData(131072, 16, 10)]
    [InlineData(8192, 0, 10)]
    [InlineData(8192, 16, 0)]
    public void Constructor_ImpossibleSetting_Throws(int blockBytes, int segmentBlocks, int openFiles)
    {
        StorageOptions options = new()
        {
            BlockBytes = blockBytes,
            SegmentBlocks = segmentBlocks,
            OpenFilesMax = openFiles,
        };

        Assert.Throws<ArgumentException>(() => new StorageManager(AppContext.BaseDirectory, options));
    }
}
