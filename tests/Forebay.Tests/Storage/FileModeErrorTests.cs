using Forebay.Engine;
using Forebay.Handles;
using Forebay.Interop;
using Forebay.Storage;
using Forebay.Tests.Support;
using Shared;

namespace Forebay.Tests.Storage;

/// <summary>What goes wrong comes out the same, buffered, direct and uncached.</summary>
public sealed class FileModeErrorTests
{
    private const int Page = 8192;

    public static TheoryData<int> Modes() => [0, 1, 2];

    public static TheoryData<int, int> ModesAndErrors()
    {
        TheoryData<int, int> data = [];
        foreach (int mode in (int[])[0, 1, 2])
        {
            foreach (Errno errno in (Errno[])[Errno.InputOutput, Errno.NoSpace, Errno.ReadOnly, Errno.QuotaExceeded])
                data.Add(mode, (int)errno);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(ModesAndErrors))]
    public void StartReadAndWrite_KernelSaysNo_IsTheResultWithFileAndBlocks(int mode, int errno)
    {
        ScriptedHoldPoints points = new();
        using EngineFixture bench = new(Settings(mode), holdPoints: points);
        RelationFork fork = bench.NewRelation(1, 20);
        points[HoldPoint.RawResult] = (in IoHandleView _, ref int result) => result = -errno;

        foreach (bool isWrite in (bool[])[false, true])
        {
            IoReturn result = isWrite ? bench.Write(fork, 17, 2) : bench.Read(fork, 17, 2);
            Assert.Equal(new IoResult(IoStatus.Error, 0, 1, (uint)errno), result.Result);
            StorageException failure = Assert.IsType<StorageException>(bench.Report(result));
            Assert.Equal((errno, 17u, 2), (failure.Errno, failure.FirstBlock, failure.BlockCount));
            Assert.Equal("base/5/1.1", failure.Path);
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Transfers_InterruptedOrPutOff_AreRepeatedUnseen(int mode)
    {
        ScriptedHoldPoints points = new();
        TestFaults faults = new();
        using EngineFixture bench = new(Settings(mode) with { Faults = faults }, holdPoints: points);
        RelationFork fork = bench.NewRelation(1, 4);
        int left = 5;
        int Transient(int result) => Interlocked.Decrement(ref left) < 0
            ? result
            : -(int)(left % 2 == 0 ? Errno.Interrupted : Errno.TryAgain);
        points[HoldPoint.RawResult] = (in IoHandleView _, ref int result) => result = Transient(result);
        faults.Rule = (call, _, result) =>
            call is StorageCall.Read or StorageCall.Write ? Transient(result) : result;
        byte[] page = new byte[Page];

        Assert.Equal(new IoResult(IoStatus.Ok, 4), bench.Read(fork, 0, 4).Result);
        EngineFixture.AssertPage(bench.Frame(3), 1, 3);
        left = 5;
        Assert.Equal(new IoResult(IoStatus.Ok, 4), bench.Write(fork, 0, 4).Result);
        left = 5;
        bench.Storage.Read(fork, 2, page);
        EngineFixture.AssertPage(page, 1, 2);
        left = 5;
        bench.Storage.Write(fork, 2, page);
        left = 5;
        bench.Storage.Extend(fork, 4, page);
        Assert.Equal(5u, bench.Storage.GetBlockCount(fork));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Transfers_InterruptedForEver_EndWithTheReason(int mode)
    {
        TestFaults faults = new();
        using EngineFixture bench = new(Settings(mode) with { Faults = faults });
        RelationFork fork = bench.NewRelation(1, 4);
        faults.Rule = (call, _, result) =>
            call is StorageCall.Read or StorageCall.Write ? -(int)Errno.Interrupted : result;

        Assert.Equal((int)Errno.Interrupted,
            Assert.Throws<StorageException>(() => bench.Storage.Read(fork, 1, new byte[Page])).Errno);
        Assert.Equal((int)Errno.Interrupted,
            Assert.Throws<StorageException>(() => bench.Storage.Write(fork, 1, new byte[Page])).Errno);
        Assert.Equal((int)Errno.Interrupted,
            Assert.Throws<StorageException>(() => bench.Storage.Extend(fork, 4, new byte[Page])).Errno);
        faults.Rule = null;
        Assert.Equal(4u, bench.Storage.GetBlockCount(fork));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Extend_FileSystemFull_IsToldAndTheForkIsAsLongAsBefore(int mode)
    {
        using MountedFolder folder = new(kibibytes: 256);
        using (StorageManager storage = Open(folder, mode))
        {
            RelationFork fork = storage.Relation(new RelationLocator(1663, 5, 1), ForkNumber.Main);
            storage.Create(fork, existsIsFine: false);
            byte[] page = new byte[Page];
            uint blocks = 0;
            StorageException full = Assert.Throws<StorageException>(() =>
            {
                for (; blocks < 64; blocks++)
                {
                    EngineFixture.FillPage(page, 1, blocks);
                    storage.Extend(fork, blocks, page);
                }
            });

            Assert.Equal(((int)Errno.NoSpace, blocks), (full.Errno, full.FirstBlock));
            Assert.Contains("check the free space", full.Message, StringComparison.Ordinal);
            Assert.InRange(blocks, 16u, 32u);
            Assert.Equal(blocks, storage.GetBlockCount(fork, out long trailing));
            Assert.Equal(0, trailing);

            full = Assert.Throws<StorageException>(() => storage.ZeroExtend(fork, blocks, 1000));
            Assert.Equal((int)Errno.NoSpace, full.Errno);
            Assert.Equal(blocks, storage.GetBlockCount(fork));
            storage.Write(fork, 3, page); // what there is can still be written
            for (uint block = 0; block < blocks; block++)
            {
                storage.Read(fork, block, page);
                EngineFixture.AssertPage(page, 1, block == 3 ? blocks : block);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Writes_ReadOnlyFileSystem_AreRefusedWithTheReason(int mode)
    {
        using MountedFolder folder = new(kibibytes: 256);
        RelationLocator locator = new(1663, 5, 1);
        byte[] page = new byte[Page];
        using (StorageManager storage = Open(folder, mode))
        {
            RelationFork made = storage.Relation(locator, ForkNumber.Main);
            storage.Create(made, existsIsFine: false);
            EngineFixture.FillPage(page, 1, 0);
            storage.Extend(made, 0, page);
        }

        folder.MakeReadOnly();
        using (StorageManager storage = Open(folder, mode))
        {
            RelationFork fork = storage.Relation(locator, ForkNumber.Main);
            RelationFork other = storage.Relation(locator with { Relation = 2 }, ForkNumber.Main);
            Action[] changes =
            [
                () => storage.Create(other, existsIsFine: false),
                () => storage.Write(fork, 0, page),
                () => storage.Extend(fork, 1, page),
                () => storage.ZeroExtend(fork, 1, 3),
                () => storage.Truncate(fork, 0),
                () => storage.Unlink(fork),
                () => storage.Read(fork, 0, page), // a storage that may write opens for writing
            ];
            Assert.All(changes, change =>
                Assert.Equal((int)Errno.ReadOnly, Assert.Throws<StorageException>(change).Errno));
            Assert.True(storage.Exists(fork));
            Assert.Equal(1u, storage.GetBlockCount(fork));
        }

        using (StorageManager reader = Open(folder, mode, readOnly: true))
        {
            RelationFork fork = reader.Relation(locator, ForkNumber.Main);
            page.AsSpan().Clear();
            reader.Read(fork, 0, page);
            EngineFixture.AssertPage(page, 1, 0);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void StartWrite_DeviceThatIsFull_IsTheResult(int mode)
    {
        using EngineFixture bench = new(Settings(mode));
        RelationFork full = bench.Storage.File("/dev/full");

        IoReturn result = bench.Write(full, 3, 2);

        Assert.Equal(new IoResult(IoStatus.Error, 0, 1, (uint)Errno.NoSpace), result.Result);
        Assert.Equal((int)Errno.NoSpace,
            Assert.Throws<StorageException>(() => bench.Storage.Write(full, 3, new byte[Page])).Errno);
    }

    private static StorageOptions Settings(int mode) =>
        EngineFixture.SmallSegments with { FileMode = (StorageFileMode)mode };

    private static StorageManager Open(MountedFolder folder, int mode, bool readOnly = false)
    {
        try
        {
            return new StorageManager(folder.Path, Settings(mode) with { ReadOnly = readOnly });
        }
        catch (StorageException e) when (e.Message.Contains("io_direct", StringComparison.Ordinal))
        {
            Assert.Skip("The file system of the test refuses direct I/O: " + e.Message);
            throw;
        }
    }
}
