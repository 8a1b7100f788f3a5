using Forebay.Callbacks;
using Forebay.Engine;
using Forebay.Handles;
using Forebay.Interop;
using Forebay.Memory;
using Forebay.Storage;
using Forebay.Tests.Support;

namespace Forebay.Tests.Storage;

public class StartReadTests
{
    [Fact]
    public void StartRead_RunOfBlocks_FillsFramesInOrder()
    {
        using EngineFixture bench = new();
        RelationFork fork = bench.NewRelation(100, 40);

        IoReturn result = bench.Read(fork, 18, 5);

        Assert.Equal(new IoResult(IoStatus.Ok, 5), result.Result);
        for (int i = 0; i < 5; i++)
            EngineFixture.AssertPage(bench.Frame(i), 100, 18u + (uint)i);
    }

    [Fact]
    public void StartRead_RunBeyondSegment_ThrowsAndHandleCanBeReleased()
    {
        using EngineFixture bench = new();
        RelationFork fork = bench.NewRelation(100, 40);
        int handle = bench.Session.Acquire(null);

        ArgumentException e = Assert.Throws<ArgumentException>(
            () => bench.Storage.StartRead(bench.Session, handle, fork, 14, FrameArenas.Pool, [0, 1, 2]));

        Assert.Contains("leave the segment", e.Message);
        bench.Session.Release(handle);
    }

    [Fact]
    public void StartRead_FramesOfAnotherSize_Throws()
    {
        using EngineFixture bench = new();
        RelationFork fork = bench.NewRelation(100, 1);
        FrameArena pool = bench.Engine.Arenas[FrameArenas.Pool];
        ushort arena = bench.Engine.Arenas.Add(new FrameArena(pool.Address, 4096, 8));
        int handle = bench.Session.Acquire(null);

        Assert.Throws<ArgumentException>(
            () => bench.Storage.StartRead(bench.Session, handle, fork, 0, arena, [0]));
        bench.Session.Release(handle);
    }

    [Fact]
    public void StartRead_MissingFile_BecomesTheResult()
    {
        using EngineFixture bench = new();
        RelationFork fork = bench.Storage.Relation(new RelationLocator(1663, 5, 1), ForkNumber.Main);

        IoReturn result = bench.Read(fork, 0, 2);

        Assert.Equal(
            new IoResult(IoStatus.Error, 0, IoCallbackIds.Storage, (uint)Errno.NoEntry), result.Result);
        StorageException e = Assert.IsType<StorageException>(bench.Report(result));
        Assert.Equal("base/5/1", e.Path);
        Assert.Equal((int)Errno.NoEntry, e.Errno);
        Assert.Contains("blocks 0..1 in file \"base/5/1\"", e.Message);
        Assert.Equal(0, bench.Session.InFlight);
    }

    [Fact]
    public void StartRead_MissingSegment_NamesThatSegment()
    {
        using EngineFixture bench = new();
        RelationFork fork = bench.NewRelation(100, 16);

        IoReturn result = bench.Read(fork, 35, 1);

        Assert.Equal((uint)Errno.NoEntry, result.Result.Detail);
        Assert.Contains("block 35 in file \"base/5/100.2\"", bench.Report(result).Message);
    }

    [Fact]
    public void StartRead_EndOfFileInsideRun_IsPartial()
    {
        using EngineFixture bench = new();
        RelationFork fork = bench.NewRelation(100, 6);

        IoReturn result = bench.Read(fork, 4, 4);

        Assert.Equal(new IoResult(IoStatus.Partial, 2, IoCallbackIds.Storage), result.Result);
        EngineFixture.AssertPage(bench.Frame(1), 100, 5);
    }

    [Fact]
    public void StartRead_BehindEndOfFile_IsErrorWithoutErrno()
    {
        using EngineFixture bench = new();
        RelationFork fork = bench.NewRelation(100, 6);

        IoReturn result = bench.Read(fork, 6, 2);

        Assert.Equal(new IoResult(IoStatus.Error, 0, IoCallbackIds.Storage), result.Result);
        StorageException e = Assert.IsType<StorageException>(bench.Report(result));
        Assert.Equal(0, e.Errno);
        Assert.Equal(6u, e.FirstBlock);
        Assert.Equal(2, e.BlockCount);
        Assert.Contains("the file ends before block 6", e.Message);
    }

    [Theory]
    [InlineData(1, IoStatus.Error, 0)]
    [InlineData(8191, IoStatus.Error, 0)]
    [InlineData(8192, IoStatus.Partial, 1)]
    [InlineData(8193, IoStatus.Partial, 1)]
    [InlineData(16384 + 512, IoStatus.Partial, 2)]
    [InlineData(24575, IoStatus.Partial, 2)]
    [InlineData(24576, IoStatus.Ok, 3)]
    public void StartRead_ShortTransfer_CountsWholeBlocksOnly(int bytes, IoStatus status, int blocks)
    {
        RawResults raw = new();
        using EngineFixture bench = new(holdPoints: raw);
        RelationFork fork = bench.NewRelation(100, 6);
        raw.Next = bytes;

        IoReturn result = bench.Read(fork, 0, 3);

        Assert.Equal(status, result.Result.Status);
        Assert.Equal(blocks, result.Result.Value);
        Assert.Equal(0u, result.Result.Detail);
    }

    [Fact]
    public void StartRead_KernelSaysInputOutputError_IsReported()
    {
        using EngineFixture bench = new();

        // The first pages of a process are never mapped: reading them through this file fails in the kernel with EIO.
        RelationFork fork = bench.Storage.File("/proc/self/mem");

        IoReturn result = bench.Read(fork, 0, 1);

        Assert.Equal((uint)Errno.InputOutput, result.Result.Detail);
        Assert.Contains("input/output error (errno 5)", bench.Report(result).Message);
    }

    [Fact]
    public void StartWrite_Frames_ArriveInTheFile()
    {
        using EngineFixture bench = new();
        RelationFork fork = bench.NewRelation(100, 20);
        for (int i = 0; i < 4; i++)
            EngineFixture.FillPage(bench.Frame(i), 7, (uint)i);

        IoReturn result = bench.Write(fork, 16, 4);

        Assert.Equal(new IoResult(IoStatus.Ok, 4), result.Result);
        byte[] page = new byte[8192];
        for (uint i = 0; i < 4; i++)
        {
            bench.Storage.Read(fork, 16 + i, page);
            EngineFixture.AssertPage(page, 7, i);
        }
    }

    [Fact]
    public void StartWrite_DeviceFull_IsReportedWithAdvice()
    {
        using EngineFixture bench = new();
        RelationFork fork = bench.Storage.File("/dev/full");

        IoReturn result = bench.Write(fork, 0, 2);

        Assert.Equal((uint)Errno.NoSpace, result.Result.Detail);
        string message = bench.Report(result).Message;
        Assert.Contains("Could not write blocks 0..1 in file \"/dev/full\"", message);
        Assert.Contains("check the free space", message);
    }

    [Fact]
    public void StartWrite_ReadOnlyStorage_Throws()
    {
        using EngineFixture bench = new(new StorageOptions { ReadOnly = true });
        int handle = bench.Session.Acquire(null);

        Assert.Throws<InvalidOperationException>(() => bench.Storage.StartWrite(
            bench.Session, handle, bench.Storage.File("any"), 0, FrameArenas.Pool, [0]));
        bench.Session.Release(handle);
    }

    [Fact]
    public void StartSync_File_Completes()
    {
        using EngineFixture bench = new();
        RelationFork fork = bench.NewRelation(100, 20);
        IoReturn result = new();
        int handle = bench.Session.Acquire(result);
        IoWaitReference reference = bench.Session.Reference(handle);

        bench.Storage.StartSync(bench.Session, handle, fork, 1, dataOnly: true);
        bench.Session.Wait(reference);

        Assert.Equal(new IoResult(IoStatus.Ok, 0), result.Result);
    }

    [Fact]
    public async Task SyncAsync_SeveralSegments_SyncsEachOnce()
    {
        using EngineFixture bench = new();
        RelationFork fork = bench.NewRelation(100, 20);
        int segments = bench.Storage.Sync(fork);
        Assert.True(segments > 1, $"The fork has {segments} segment.");

        int synced = await bench.Storage.SyncAsync(fork, bench.Session, TestContext.Current.CancellationToken);

        Assert.Equal(segments, synced);
        Assert.Equal(0, bench.Session.InFlight);
    }

    [Fact]
    public async Task SyncAsync_Fails_NamesTheFileAndNoLaterSyncIsBelieved()
    {
        RawResults raw = new();
        using EngineFixture bench = new(holdPoints: raw);
        RelationFork fork = bench.NewRelation(100, 2);
        raw.Next = -(int)Errno.InputOutput;

        StorageException failed = await Assert.ThrowsAsync<StorageException>(async () =>
            await bench.Storage.SyncAsync(fork, bench.Session, TestContext.Current.CancellationToken));

        Assert.Contains(fork.Path, failed.Message);
        Assert.Throws<StorageException>(() => bench.Storage.Sync(fork));
        await Assert.ThrowsAsync<StorageException>(async () =>
            await bench.Storage.SyncAsync(fork, bench.Session, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task SyncAsync_CancelledBefore_SyncsNothing()
    {
        using EngineFixture bench = new();
        RelationFork fork = bench.NewRelation(100, 2);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await bench.Storage.SyncAsync(fork, bench.Session, new CancellationToken(canceled: true)));

        Assert.Equal(0, bench.Session.InFlight);
        Assert.Equal(1, await bench.Storage.SyncAsync(fork, bench.Session, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void StartSync_Fails_NoLaterSyncIsBelieved()
    {
        RawResults raw = new();
        using EngineFixture bench = new(holdPoints: raw);
        RelationFork fork = bench.NewRelation(100, 2);
        IoReturn result = new();
        int handle = bench.Session.Acquire(result);
        IoWaitReference reference = bench.Session.Reference(handle);
        raw.Next = -(int)Errno.InputOutput;

        bench.Storage.StartSync(bench.Session, handle, fork, 0, dataOnly: false);
        bench.Session.Wait(reference);

        Assert.Equal((uint)Errno.InputOutput, result.Result.Detail);
        Assert.Contains("not trusted any more", bench.Report(result).Message);
        Assert.Throws<StorageException>(() => bench.Storage.Sync(fork));

        handle = bench.Session.Acquire(result);
        reference = bench.Session.Reference(handle);
        bench.Storage.StartSync(bench.Session, handle, fork, 0, dataOnly: false);
        bench.Session.Wait(reference);
        Assert.Equal((uint)Errno.InputOutput, result.Result.Detail);
    }

    [Fact]
    public void StartRead_OpenFile_AllocatesNothing()
    {
        using EngineFixture bench = new();
        RelationFork fork = bench.NewRelation(100, 16);
        IoReturn result = new();
        ReadSome(bench, fork, result, 100);

        long before = GC.GetAllocatedBytesForCurrentThread();
        ReadSome(bench, fork, result, 1000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void ReadSome(EngineFixture bench, RelationFork fork, IoReturn result, int times)
    {
        for (int i = 0; i < times; i++)
        {
            int handle = bench.Session.Acquire(result);
            IoWaitReference reference = bench.Session.Reference(handle);
            bench.Storage.StartRead(bench.Session, handle, fork, (uint)i % 15, FrameArenas.Pool, [0]);
            bench.Session.Wait(reference);
        }
    }

    private sealed class RawResults : IHoldPoints
    {
        public int? Next { get; set; }

        public void Reached(HoldPoint point, in IoHandleView handle, ref int rawResult)
        {
            if (point != HoldPoint.RawResult || Next is not { } next)
                return;
            rawResult = next;
            Next = null;
        }
    }
}
