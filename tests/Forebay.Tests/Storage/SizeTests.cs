using Forebay.Interop;
using Forebay.Storage;
using Forebay.Tests.Support;

namespace Forebay.Tests.Storage;

public class SizeTests
{
    private const int Page = 8192;

    [Theory]
    [InlineData(0u, 1)]
    [InlineData(1u, 1)]
    [InlineData(15u, 1)]
    [InlineData(16u, 1)]
    [InlineData(17u, 2)]
    [InlineData(48u, 3)]
    [InlineData(49u, 4)]
    public void GetBlockCount_SeveralSegments_IsTheirSum(uint blocks, int files)
    {
        using EngineFixture bench = new();

        RelationFork fork = bench.NewRelation(1, blocks);

        Assert.Equal(blocks, bench.Storage.GetBlockCount(fork));
        Assert.Equal(files, Directory.GetFiles(fork.Folder).Length);
        using StorageManager fresh = bench.OpenStorage(EngineFixture.SmallSegments);
        Assert.Equal(blocks, fresh.GetBlockCount(fresh.Relation(fork.Locator, ForkNumber.Main), out long trailing));
        Assert.Equal(0, trailing);
        Assert.Equal(0, fresh.Files.InUse);
    }

    [Fact]
    public void GetBlockCount_PartialLastPage_IsReportedAndNotCounted()
    {
        using EngineFixture bench = new();
        RelationFork fork = bench.NewRelation(1, 18);
        SetLength(fork, 1, (2 * Page) + 100);

        Assert.Equal(18u, bench.Storage.GetBlockCount(fork, out long trailing));
        Assert.Equal(100, trailing);
        Assert.Equal(2, bench.Storage.GetSegmentBlockCount(fork, 1, out trailing));
        Assert.Equal(100, trailing);
        Assert.Equal(16, bench.Storage.GetSegmentBlockCount(fork, 0, out trailing));
        Assert.Equal(0, trailing);
    }

    [Fact]
    public void GetBlockCount_NoFile_Throws()
    {
        using EngineFixture bench = new();
        RelationFork fork = bench.Storage.Relation(new RelationLocator(1663, 5, 1), ForkNumber.Main);

        StorageException e = Assert.Throws<StorageException>(() => bench.Storage.GetBlockCount(fork));

        Assert.Equal((int)Errno.NoEntry, e.Errno);
        Assert.Contains("base/5/1", e.Message);
    }

    [Fact]
    public void GetBlockCount_SegmentLargerThanASegment_Throws()
    {
        using EngineFixture bench = new();
        RelationFork fork = bench.NewRelation(1, 16);
        SetLength(fork, 0, 17 * Page);

        StorageException e = Assert.Throws<StorageException>(() => bench.Storage.GetBlockCount(fork));

        Assert.Contains("more than a segment", e.Message);
    }

    [Fact]
    public void GetBlockCount_CutByAnotherProcess_IsSeen()
    {
        using EngineFixture bench = new();
        RelationFork fork = bench.NewRelation(1, 70);
        Assert.Equal(70u, bench.Storage.GetBlockCount(fork));
        using StorageManager other = bench.OpenStorage(EngineFixture.SmallSegments);
        RelationFork same = other.Relation(fork.Locator, ForkNumber.Main);

        other.Truncate(same, 20);
        Assert.Equal(20u, bench.Storage.GetBlockCount(fork));

        other.ZeroExtend(same, 20, 40);
        Assert.Equal(60u, bench.Storage.GetBlockCount(fork));

        other.Truncate(same, 0);
        Assert.Equal(0u, bench.Storage.GetBlockCount(fork));
    }

    [Fact]
    public void Extend_BehindTheEnd_FillsTheGapWithZeros()
    {
        using EngineFixture bench = new();
        RelationFork fork = bench.NewRelation(1, 3);
        byte[] page = new byte[Page];
        EngineFixture.FillPage(page, 1, 40);

        bench.Storage.Extend(fork, 40, page);

        Assert.Equal(41u, bench.Storage.GetBlockCount(fork));
        for (uint block = 3; block < 40; block++)
        {
            bench.Storage.Read(fork, block, page);
            Assert.False(page.AsSpan().ContainsAnyExcept((byte)0), $"block {block} is not zero");
        }

        bench.Storage.Read(fork, 40, page);
        EngineFixture.AssertPage(page, 1, 40);
        bench.Storage.Read(fork, 2, page);
        EngineFixture.AssertPage(page, 1, 2);
    }

    [Fact]
    public void Extend_ExistingBlock_Throws()
    {
        using EngineFixture bench = new();
        RelationFork fork = bench.NewRelation(1, 3);

        Assert.Throws<ArgumentException>(() => bench.Storage.Extend(fork, 2, new byte[Page]));
        Assert.Throws<ArgumentException>(() => bench.Storage.ZeroExtend(fork, 2, 5));
        Assert.Equal(3u, bench.Storage.GetBlockCount(fork));
    }

    [Fact]
    public void Extend_BeyondTheLargestBlockNumber_Throws()
    {
        using EngineFixture bench = new(new StorageOptions());
        RelationFork fork = bench.NewRelation(1, 0);

        Assert.Throws<StorageException>(() => bench.Storage.Extend(fork, uint.MaxValue, new byte[Page]));
        Assert.Throws<StorageException>(() => bench.Storage.ZeroExtend(fork, uint.MaxValue - 1, 2));
        Assert.Equal(0u, bench.Storage.GetBlockCount(fork));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ZeroExtend_TornPageAtTheEnd_DoesNotSurviveInTheNewPage(bool withoutAllocate)
    {
        TestFaults faults = new();
        using EngineFixture bench = new(EngineFixture.SmallSegments with { Faults = faults });
        RelationFork fork = bench.NewRelation(1, 2);
        SetLength(fork, 0, Page + 777);
        if (withoutAllocate)
            faults.Rule = (call, _, result) => call == StorageCall.Allocate ? -(int)Errno.NotSupported : result;

        bench.Storage.ZeroExtend(fork, 1, 20);

        Assert.Equal(21u, bench.Storage.GetBlockCount(fork, out long trailing));
        Assert.Equal(0, trailing);
        byte[] page = new byte[Page];
        for (uint block = 1; block < 21; block++)
        {
            bench.Storage.Read(fork, block, page);
            Assert.False(page.AsSpan().ContainsAnyExcept((byte)0), $"block {block} is not zero");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ZeroExtend_NoSpaceAtTheNthCall_LeavesTheLengthAsItWas(bool direct)
    {
        StorageFileMode mode = direct ? StorageFileMode.Direct : StorageFileMode.Buffered;
        TestFaults faults = new();
        using EngineFixture bench = new(EngineFixture.SmallSegments with { Faults = faults, FileMode = mode });
        RelationFork fork = bench.NewRelation(1, 5);
        bool failed = true;
        int n = 1;
        for (; failed; n++)
        {
            faults.FailNth(StorageCall.Allocate, n, Errno.NoSpace);
            try
            {
                bench.Storage.ZeroExtend(fork, 5, 60);
                failed = false;
            }
            catch (StorageException e)
            {
                Assert.Equal((int)Errno.NoSpace, e.Errno);
                Assert.Contains("check the free space", e.Message);
                Assert.Equal(5u, bench.Storage.GetBlockCount(fork, out long trailing));
                Assert.Equal(0, trailing);
            }
        }

        Assert.Equal(7, n); // five segments were concerned, the sixth attempt met no fault
        Assert.Equal(65u, bench.Storage.GetBlockCount(fork));
    }

    [Fact]
    public void Extend_EachCallFailsInTurn_LeavesTheLengthAsItWas()
    {
        TestFaults faults = new();
        using EngineFixture bench = new(EngineFixture.SmallSegments with { Faults = faults });
        RelationFork fork = bench.NewRelation(1, 5);
        byte[] page = new byte[Page];
        int failures = 0;
        for (int n = 1; ; n++)
        {
            int seen = 0;
            faults.Rule = (call, _, result) =>
                call is StorageCall.Write or StorageCall.Allocate or StorageCall.Open && ++seen == n
                    ? -(int)Errno.NoSpace
                    : result;
            try
            {
                bench.Storage.Extend(fork, 40, page);
                break;
            }
            catch (StorageException)
            {
                failures++;
                faults.Rule = null;
                Assert.Equal(5u, bench.Storage.GetBlockCount(fork));
            }
        }

        Assert.True(failures >= 3, $"only {failures} calls were made to fail");
        Assert.Equal(41u, bench.Storage.GetBlockCount(fork));
    }

    [Fact]
    public void Extend_ShortWriteThatStaysShort_IsTakenBack()
    {
        TestFaults faults = new();
        using EngineFixture bench = new(EngineFixture.SmallSegments with { Faults = faults });
        RelationFork fork = bench.NewRelation(1, 5);
        faults.Rule = (call, _, result) => call == StorageCall.Write ? Math.Min(result, 4096) : result;

        StorageException e = Assert.Throws<StorageException>(() => bench.Storage.Extend(fork, 5, new byte[Page]));

        Assert.Equal((int)Errno.NoSpace, e.Errno);
        Assert.Equal(5u, bench.Storage.GetBlockCount(fork));
    }

    [Fact]
    public void Truncate_AcrossSegments_CutsLaterOnesFirstAndKeepsThemEmpty()
    {
        TestFaults faults = new();
        using EngineFixture bench = new(EngineFixture.SmallSegments with { Faults = faults });
        RelationFork fork = bench.NewRelation(1, 70);
        faults.Log.Clear();

        bench.Storage.Truncate(fork, 20);

        string[] cut = [.. faults.Log.Where(entry => entry.Call == StorageCall.Truncate).Select(entry => entry.Path)];
        Assert.Equal(["base/5/1.4", "base/5/1.3", "base/5/1.2", "base/5/1.1"], cut);
        Assert.Equal(20u, bench.Storage.GetBlockCount(fork));
        Assert.Equal(5, Directory.GetFiles(fork.Folder).Length);
        byte[] page = new byte[Page];
        bench.Storage.Read(fork, 19, page);
        EngineFixture.AssertPage(page, 1, 19);
        Assert.Throws<StorageException>(() => bench.Storage.Read(fork, 20, page));
        Assert.Throws<StorageException>(() => bench.Storage.Read(fork, 32, page));
    }

    [Theory]
    [InlineData(16u)]
    [InlineData(32u)]
    [InlineData(0u)]
    public void Truncate_ToSegmentBoundary_ThenGrowAgain_HasNoOldPages(uint blocks)
    {
        using EngineFixture bench = new();
        RelationFork fork = bench.NewRelation(1, 50);

        bench.Storage.Truncate(fork, blocks);
        Assert.Equal(blocks, bench.Storage.GetBlockCount(fork));
        bench.Storage.ZeroExtend(fork, blocks, 50 - blocks);

        byte[] page = new byte[Page];
        for (uint block = blocks; block < 50; block++)
        {
            bench.Storage.Read(fork, block, page);
            Assert.False(page.AsSpan().ContainsAnyExcept((byte)0), $"block {block} came back");
        }
    }

    [Fact]
    public void Truncate_MoreThanThereIs_Throws()
    {
        using EngineFixture bench = new();
        RelationFork fork = bench.NewRelation(1, 5);

        Assert.Throws<ArgumentException>(() => bench.Storage.Truncate(fork, 6));
    }

    [Fact]
    public void Truncate_TornPage_IsCutWithIt()
    {
        using EngineFixture bench = new();
        RelationFork fork = bench.NewRelation(1, 5);
        SetLength(fork, 0, (5 * Page) - 1);

        bench.Storage.Truncate(fork, 4);

        Assert.Equal(4 * Page, new FileInfo(fork.SegmentFullPath(0)).Length);
    }

    [Fact]
    public void Truncate_Fails_NamesTheSegment()
    {
        TestFaults faults = new();
        using EngineFixture bench = new(EngineFixture.SmallSegments with { Faults = faults });
        RelationFork fork = bench.NewRelation(1, 40);
        faults.FailNth(StorageCall.Truncate, 1, Errno.InputOutput);

        StorageException e = Assert.Throws<StorageException>(() => bench.Storage.Truncate(fork, 3));

        Assert.Equal("base/5/1.2", e.Path);
    }

    [Fact]
    public void Extend_ManyThreads_EachBlockIsAddedOnce()
    {
        using EngineFixture bench = new();
        RelationFork fork = bench.NewRelation(1, 0);
        int added = 0;

        Parallel.For(0, 4, _ =>
        {
            byte[] page = new byte[Page];
            for (uint block = 0; block < 60; block++)
            {
                try
                {
                    bench.Storage.Extend(fork, block, page);
                    Interlocked.Increment(ref added);
                }
                catch (ArgumentException)
                {
                    continue; // another thread was first
                }
            }
        });

        Assert.Equal(60u, bench.Storage.GetBlockCount(fork));
        Assert.Equal(60, added);
    }

    private static void SetLength(RelationFork fork, int segment, long bytes)
    {
        using FileStream file = File.OpenWrite(fork.SegmentFullPath(segment));
        file.SetLength(bytes);
    }
}
