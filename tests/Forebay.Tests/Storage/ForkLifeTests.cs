using Forebay.Interop;
using Forebay.Storage;
using Forebay.Tests.Support;

namespace Forebay.Tests.Storage;

public class ForkLifeTests
{
    private const int Page = 8192;

    [Fact]
    public void Create_FirstInAFreshDirectory_MakesFolders()
    {
        using EngineFixture bench = new();
        RelationFork fork = bench.Storage.Relation(new RelationLocator(1700, 8, 9), ForkNumber.Init);
        Assert.False(bench.Storage.Exists(fork));

        bench.Storage.Create(fork, existsIsFine: false);

        Assert.True(bench.Storage.Exists(fork));
        Assert.Equal(0u, bench.Storage.GetBlockCount(fork));
        Assert.True(File.Exists(Path.Combine(bench.DataDirectory, "pg_tblspc/1700/PG_18_202506291/8/9_init")));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(fork.SegmentFullPath(0)).UnixFileMode);
    }

    [Fact]
    public void Create_Existing_IsFineOnlyIfAskedFor()
    {
        using EngineFixture bench = new();
        RelationFork fork = bench.NewRelation(1, 3);

        bench.Storage.Create(fork, existsIsFine: true);
        Assert.Equal(3u, bench.Storage.GetBlockCount(fork));

        StorageException e = Assert.Throws<StorageException>(() => bench.Storage.Create(fork, existsIsFine: false));
        Assert.Equal((int)Errno.Exists, e.Errno);
        Assert.Equal("base/5/1", e.Path);
    }

    [Fact]
    public void Unlink_SeveralSegments_RemovesTheLastFirst()
    {
        TestFaults faults = new();
        using EngineFixture bench = new(EngineFixture.SmallSegments with { Faults = faults });
        RelationFork fork = bench.NewRelation(1, 40);
        faults.Log.Clear();

        bench.Storage.Unlink(fork);

        string[] removed = [.. faults.Log.Where(entry => entry.Call == StorageCall.Unlink).Select(entry => entry.Path)];
        Assert.Equal(["base/5/1.2", "base/5/1.1", "base/5/1"], removed);
        Assert.Empty(Directory.GetFiles(fork.Folder));
        Assert.False(bench.Storage.Exists(fork));
        Assert.Equal(0, bench.Storage.Files.InUse);
        bench.Storage.Unlink(fork); // what is gone is gone
    }

    [Fact]
    public void Unlink_ThenCreate_ReadsTheNewFile()
    {
        using EngineFixture bench = new();
        RelationFork fork = bench.NewRelation(1, 20);
        byte[] page = new byte[Page];
        bench.Storage.Read(fork, 17, page);

        bench.Storage.Unlink(fork);
        bench.Storage.Create(fork, existsIsFine: false);

        Assert.Equal(0u, bench.Storage.GetBlockCount(fork));
        EngineFixture.FillPage(page, 2, 0);
        bench.Storage.Extend(fork, 0, page);
        bench.Storage.Read(fork, 0, page);
        EngineFixture.AssertPage(page, 2, 0);
    }

    [Fact]
    public void ReadOnlyStorage_Changes_AreRefused()
    {
        using EngineFixture bench = new();
        RelationFork fork = bench.NewRelation(1, 2);
        using StorageManager reader = bench.OpenStorage(EngineFixture.SmallSegments with { ReadOnly = true });
        RelationFork same = reader.Relation(fork.Locator, ForkNumber.Main);
        byte[] page = new byte[Page];

        reader.Read(same, 1, page);

        EngineFixture.AssertPage(page, 1, 1);
        Assert.Throws<InvalidOperationException>(() => reader.Write(same, 0, page));
        Assert.Throws<InvalidOperationException>(() => reader.Extend(same, 2, page));
        Assert.Throws<InvalidOperationException>(() => reader.ZeroExtend(same, 2, 1));
        Assert.Throws<InvalidOperationException>(() => reader.Truncate(same, 0));
        Assert.Throws<InvalidOperationException>(() => reader.Unlink(same));
        Assert.Throws<InvalidOperationException>(() => reader.Create(same, true));
        Assert.Equal(2u, reader.GetBlockCount(same));
    }

    [Fact]
    public void Sync_NewFile_AlsoSyncsTheFoldersOnce()
    {
        TestFaults faults = new();
        using EngineFixture bench = new(EngineFixture.SmallSegments with { Faults = faults });
        RelationFork fork = bench.NewRelation(1, 20);

        bench.Storage.Sync(fork);

        Assert.Equal(2, faults.Log.Count(entry => entry.Call == StorageCall.Sync));
        Assert.Equal(3, faults.Log.Count(entry => entry.Call == StorageCall.SyncFolder)); // base/5, base, and the top
        faults.Log.Clear();
        bench.Storage.SyncData(fork);
        Assert.Equal(2, faults.Log.Count(entry => entry.Call == StorageCall.Sync));
        Assert.DoesNotContain(faults.Log, entry => entry.Call == StorageCall.SyncFolder);
    }

    [Fact]
    public void Sync_FolderCannotBeOpenedNow_IsMadeUpForByTheNextSync()
    {
        TestFaults faults = new();
        using EngineFixture bench = new(EngineFixture.SmallSegments with { Faults = faults });
        RelationFork fork = bench.NewRelation(1, 1);
        faults.Rule = (call, _, result) => call == StorageCall.OpenFolder ? -(int)Errno.TooManyFiles : result;
        Assert.Contains("its folder", Assert.Throws<StorageException>(() => bench.Storage.Sync(fork)).Message);
        faults.Rule = null;
        faults.Log.Clear();

        bench.Storage.Sync(fork);

        Assert.Equal(3, faults.Log.Count(entry => entry.Call == StorageCall.SyncFolder));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sync_FailsOnce_IsNeverBelievedAgain(bool ofFolder)
    {
        TestFaults faults = new();
        using EngineFixture bench = new(EngineFixture.SmallSegments with { Faults = faults });
        RelationFork fork = bench.NewRelation(1, 20);
        faults.FailNth(ofFolder ? StorageCall.SyncFolder : StorageCall.Sync, 1, Errno.InputOutput);

        StorageException first = Assert.Throws<StorageException>(() => bench.Storage.Sync(fork));
        StorageException second = Assert.Throws<StorageException>(() => bench.Storage.Sync(fork));
        StorageException third = Assert.Throws<StorageException>(() => bench.Storage.SyncData(fork));

        Assert.All([first, second, third], e => Assert.Equal((int)Errno.InputOutput, e.Errno));
        Assert.Contains("not trusted any more", second.Message);
        bench.Storage.Unlink(fork);
        bench.Storage.Create(fork, existsIsFine: false);
        bench.Storage.Sync(fork); // another file by the same name starts anew
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sync_FailedBeforeTheForkWasForgotten_TheNextObjectKnows(bool isPlainFile)
    {
        TestFaults faults = new();
        using EngineFixture bench = new(EngineFixture.SmallSegments with { Faults = faults });
        RelationFork relation = bench.NewRelation(1, 20);
        RelationFork fork = isPlainFile ? bench.Storage.File(relation.SegmentFullPath(0)) : relation;
        faults.FailNth(StorageCall.Sync, 1, Errno.InputOutput);
        Assert.Throws<StorageException>(() => bench.Storage.Sync(fork));

        bench.Storage.Forget(fork);

        RelationFork again = isPlainFile
            ? bench.Storage.File(relation.SegmentFullPath(0))
            : bench.Storage.Relation(fork.Locator, ForkNumber.Main);
        Assert.NotSame(fork, again);
        Assert.Contains(
            "not trusted any more", Assert.Throws<StorageException>(() => bench.Storage.Sync(again)).Message);
    }

    [Fact]
    public void Sync_ForkMadeAndForgottenBefore_SyncsItsNames()
    {
        TestFaults faults = new();
        using EngineFixture bench = new(EngineFixture.SmallSegments with { Faults = faults });
        RelationFork fork = bench.NewRelation(1, 20);
        bench.Storage.Forget(fork);
        Assert.Contains(faults.Log, entry => entry.Call == StorageCall.Sync); // what was written, while it is open
        faults.Log.Clear();

        bench.Storage.Sync(bench.Storage.Relation(fork.Locator, ForkNumber.Main));

        Assert.Equal(3, faults.Log.Count(entry => entry.Call == StorageCall.SyncFolder));
    }

    [Fact]
    public void Forget_Twice_LeavesTheNextObjectAlone()
    {
        using EngineFixture bench = new();
        RelationFork fork = bench.NewRelation(1, 3);
        bench.Storage.Forget(fork);
        RelationFork again = bench.Storage.Relation(fork.Locator, ForkNumber.Main);
        Assert.Equal(3u, bench.Storage.GetBlockCount(again));

        bench.Storage.Forget(fork);

        Assert.Same(again, bench.Storage.Relation(fork.Locator, ForkNumber.Main));
        Assert.Equal(3u, bench.Storage.GetBlockCount(again));
    }

    [Fact]
    public void Read_Short_IsReportedWithItsBytes()
    {
        using EngineFixture bench = new();
        RelationFork fork = bench.NewRelation(1, 3);
        using (FileStream file = File.OpenWrite(fork.SegmentFullPath(0)))
            file.SetLength((2 * Page) + 300);
        byte[] page = new byte[Page];

        StorageException e = Assert.Throws<StorageException>(() => bench.Storage.Read(fork, 2, page));

        Assert.Equal((0, 2u, 1, 300L), (e.Errno, e.FirstBlock, e.BlockCount, e.BytesRead));
        Assert.Contains("block 2 in file \"base/5/1\"", e.Message);
    }

    [Fact]
    public void Read_CutShortBySignals_StartsAgainAtThePage()
    {
        TestFaults faults = new();
        using EngineFixture bench = new(EngineFixture.SmallSegments with { Faults = faults });
        RelationFork fork = bench.NewRelation(1, 3);
        Queue<int> results = new([-(int)Errno.Interrupted, 100, -(int)Errno.TryAgain, 5000]);
        faults.Rule = (call, _, result) =>
            call == StorageCall.Read && results.TryDequeue(out int shorter) ? shorter : result;
        byte[] page = new byte[Page];

        bench.Storage.Read(fork, 2, page);

        EngineFixture.AssertPage(page, 1, 2);
        Assert.Empty(results);
    }

    [Fact]
    public void Write_Error_NamesFileAndBlock()
    {
        using EngineFixture bench = new();
        RelationFork full = bench.Storage.File("/dev/full");

        StorageException e = Assert.Throws<StorageException>(() => bench.Storage.Write(full, 3, new byte[Page]));

        Assert.Equal((int)Errno.NoSpace, e.Errno);
        Assert.Contains("Could not write block 3 in file \"/dev/full\"", e.Message);
    }

    [Fact]
    public void Read_PageOfAnotherSize_Throws()
    {
        using EngineFixture bench = new();
        RelationFork fork = bench.NewRelation(1, 1);

        Assert.Throws<ArgumentException>(() => bench.Storage.Read(fork, 0, new byte[4096]));
        Assert.Throws<ArgumentException>(() => bench.Storage.Write(fork, 0, new byte[Page * 2]));
        Assert.Throws<ArgumentException>(() => bench.Storage.Extend(fork, 1, []));
    }

    [Fact]
    public void Prefetch_AcrossSegments_TellsTheKernel()
    {
        using EngineFixture bench = new();
        RelationFork fork = bench.NewRelation(1, 40);

        Assert.True(bench.Storage.Prefetch(fork, 10, 30));
        Assert.False(bench.Storage.Prefetch(fork, 40, 30)); // the fourth segment does not exist
        bench.Storage.DropFromPageCache(fork);
    }

    [Fact]
    public void WritesDurable_Writes_ArriveAsEver()
    {
        using EngineFixture bench = new(EngineFixture.SmallSegments with { WritesDurable = true });
        RelationFork fork = bench.NewRelation(1, 2);
        byte[] page = new byte[Page];

        bench.Storage.Read(fork, 1, page);

        EngineFixture.AssertPage(page, 1, 1);
    }
}
