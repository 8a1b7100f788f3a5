using Forebay.Engine;
using Forebay.Handles;
using Forebay.Interop;
using Forebay.Storage;
using Forebay.Tests.Support;

namespace Forebay.Tests.Storage;

/// <summary>Buffered, direct and uncached: the same pages, the same lengths, the same errors.</summary>
public class FileModeTests
{
    private const int Page = 8192;

    public static TheoryData<int, int> LengthsAndModes()
    {
        TheoryData<int, int> data = [];
        int[] tails = [0, 1, 100, 511, 512, 513, 4095, 4096, 4097, 8191];
        foreach (int mode in (int[])[0, 1, 2])
        {
            foreach (int tail in tails)
                data.Add(mode, tail);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(LengthsAndModes))]
    public void Read_FileThatEndsInsideASector_IsTheSameInEveryMode(int mode, int tail)
    {
        using EngineFixture bench = new(EngineFixture.SmallSegments with { FileMode = (StorageFileMode)mode });
        RelationFork fork = bench.NewRelation(1, 3);
        using (FileStream file = File.OpenWrite(fork.SegmentFullPath(0)))
            file.SetLength((2 * Page) + tail);

        Assert.Equal(2u, bench.Storage.GetBlockCount(fork, out long trailing));
        Assert.Equal(tail, trailing);
        Assert.Equal(new IoResult(IoStatus.Ok, 2), bench.Read(fork, 0, 2).Result);
        EngineFixture.AssertPage(bench.Frame(1), 1, 1);
        Assert.Equal(new IoResult(IoStatus.Partial, 2, 1), bench.Read(fork, 0, 3).Result);
        EngineFixture.AssertPage(bench.Frame(0), 1, 0);
        EngineFixture.AssertPage(bench.Frame(1), 1, 1);
        Assert.Equal(new IoResult(IoStatus.Partial, 1, 1), bench.Read(fork, 1, 4).Result);
        Assert.Equal(new IoResult(IoStatus.Error, 0, 1), bench.Read(fork, 2, 1).Result);
        StorageException e = Assert.Throws<StorageException>(() => bench.Storage.Read(fork, 2, new byte[Page]));
        Assert.Equal(tail, e.BytesRead);
        bench.Storage.Read(fork, 1, bench.Frame(5));
        EngineFixture.AssertPage(bench.Frame(5), 1, 1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void WriteExtendTruncate_EachMode_SeenByTheOthers(int mode)
    {
        using EngineFixture bench = new(EngineFixture.SmallSegments with { FileMode = (StorageFileMode)mode });
        RelationFork fork = bench.NewRelation(1, 20);
        EngineFixture.FillPage(bench.Frame(0), 9, 0);
        EngineFixture.FillPage(bench.Frame(1), 9, 1);
        bench.Write(fork, 17, 2);
        bench.Storage.ZeroExtend(fork, 20, 20);
        EngineFixture.FillPage(bench.Frame(2), 9, 2);
        bench.Storage.Write(fork, 30, bench.Frame(2));
        bench.Storage.Truncate(fork, 31);

        for (int other = 0; other < 3; other++)
        {
            using StorageManager reader =
                bench.OpenStorage(EngineFixture.SmallSegments with { FileMode = (StorageFileMode)other });
            RelationFork same = reader.Relation(fork.Locator, ForkNumber.Main);
            Assert.Equal(31u, reader.GetBlockCount(same));
            AssertPage(reader, same, 16, 1, 16);
            AssertPage(reader, same, 17, 9, 0);
            AssertPage(reader, same, 18, 9, 1);
            AssertPage(reader, same, 30, 9, 2);
        }
    }

    [Theory]
    [InlineData(0, IoHandleFlags.Buffered)]
    [InlineData(1, IoHandleFlags.None)]
    [InlineData(2, IoHandleFlags.Buffered | IoHandleFlags.Uncached)]
    public void StartRead_EachMode_SetsItsFlags(int mode, IoHandleFlags flags)
    {
        FlagWatch watch = new();
        using EngineFixture bench = new(
            EngineFixture.SmallSegments with { FileMode = (StorageFileMode)mode }, holdPoints: watch);
        RelationFork fork = bench.NewRelation(1, 2);
        SkipUnlessUncached(bench, fork);

        bench.Read(fork, 0, 1);

        Assert.Equal(flags, watch.Flags);
    }

    [Fact]
    public void Uncached_FileSystemWithoutIt_IsPlainBufferedAndSaysSo()
    {
        // procfs has no page cache, so it has never taken the flag.
        FlagWatch watch = new();
        using EngineFixture bench = new(
            new StorageOptions { FileMode = StorageFileMode.Uncached, ReadOnly = true }, holdPoints: watch);

        bench.Read(bench.Storage.File("/proc/self/maps"), 0, 1);

        Assert.Equal(IoHandleFlags.Buffered, watch.Flags);
        FileSystemFacts facts = Assert.Single(bench.Storage.FileSystems);
        Assert.Equal("proc", facts.Name);
        Assert.False(facts.HasUncached);
    }

    [Fact]
    public void Direct_FileSystemThatRefuses_SaysWhichAndWhy()
    {
        using EngineFixture bench = new(
            new StorageOptions { FileMode = StorageFileMode.Direct, ReadOnly = true });
        RelationFork file = bench.Storage.File("/proc/self/maps");

        IoReturn result = bench.Read(file, 0, 1);

        Assert.Equal((uint)Errno.InvalidArgument, result.Result.Detail);
        string message = bench.Report(result).Message;
        Assert.Contains("io_direct", message);
        Assert.Contains("(proc)", message);
        StorageException e = Assert.Throws<StorageException>(() => bench.Storage.Read(file, 0, new byte[Page]));
        Assert.Contains("io_direct: the file system (proc) does not offer direct I/O", e.Message);
        Assert.Equal(0, bench.Storage.Files.InUse);
    }

    [Fact]
    public void Direct_DataDirectoryThatRefuses_FailsAtOnce()
    {
        // A folder of procfs: it cannot even hold nameless files, so nothing is known until a file is opened.
        using StorageManager storage = new("/proc/self", new StorageOptions { FileMode = StorageFileMode.Direct });

        Assert.Throws<StorageException>(() => storage.Read(storage.File("/proc/self/maps"), 0, new byte[Page]));
    }

    [Theory]
    [InlineData(8192, 512, 512, null)]
    [InlineData(8192, 4, 4096, null)]
    [InlineData(8192, 4096, 8192, null)]
    [InlineData(512, 512, 512, null)]
    [InlineData(2048, 512, 4096, "xfs) wants direct I/O in units of 4096 bytes, of which a page of 2048")]
    [InlineData(8192, 512, 16384, "xfs) wants direct I/O in units of 16384 bytes, of which a page of 8192")]
    [InlineData(8192, 8192, 512, "xfs) wants memory aligned to 8192 bytes, pages are aligned to 4096")]
    [InlineData(1024, 4096, 512, "xfs) wants memory aligned to 4096 bytes, pages are aligned to 1024")]
    public void AlignmentRefusal_WhatDoesNotFit_IsNamed(int page, int memory, int offset, string? reason)
    {
        string? refusal = FileOpener.AlignmentRefusal(page, memory, offset, "xfs");

        if (reason is null)
            Assert.Null(refusal);
        else
            Assert.Contains(reason, refusal);
    }

    [Fact]
    public void Direct_SharedMemoryFileSystem_FallsBackToATrialRead()
    {
        const string SharedMemory = "/dev/shm";
        Assert.SkipUnless(Directory.Exists(SharedMemory), "This machine has no file system in shared memory.");
        string folder = Path.Combine(SharedMemory, "forebay-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(folder);
        try
        {
            using StorageManager storage = new(folder, new StorageOptions { FileMode = StorageFileMode.Direct });
            RelationFork fork = storage.Relation(new RelationLocator(1663, 5, 1), ForkNumber.Main);
            storage.Create(fork, existsIsFine: false);
            byte[] page = new byte[Page];
            EngineFixture.FillPage(page, 1, 0);
            storage.Extend(fork, 0, page);
            page.AsSpan().Clear();
            storage.Read(fork, 0, page);
            EngineFixture.AssertPage(page, 1, 0);
            Assert.Equal("tmpfs", Assert.Single(storage.FileSystems).Name);
        }
        catch (StorageException e) when (e.Message.Contains("io_direct"))
        {
            Assert.Contains("tmpfs", e.Message); // before Linux 6.6
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void AssertPage(StorageManager storage, RelationFork fork, uint block, uint relation, uint content)
    {
        byte[] page = new byte[Page];
        storage.Read(fork, block, page);
        EngineFixture.AssertPage(page, relation, content);
    }

    private static void SkipUnlessUncached(EngineFixture bench, RelationFork fork)
    {
        if (bench.Storage.Options.FileMode != StorageFileMode.Uncached)
            return;
        bench.Read(fork, 0, 1);
        Assert.SkipUnless(
            bench.Storage.FileSystems.Single().HasUncached, "This kernel or file system has no uncached I/O.");
    }

    private sealed class FlagWatch : IHoldPoints
    {
        public IoHandleFlags Flags { get; private set; }

        public void Reached(HoldPoint point, in IoHandleView handle, ref int rawResult)
        {
            if (point == HoldPoint.BeforeExecute)
                Flags = handle.Flags;
        }
    }
}
