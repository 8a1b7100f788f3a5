using Forebay.Handles;
using Forebay.Interop;
using Forebay.Storage;
using Forebay.Targets;
using Forebay.Tests.Support;

namespace Forebay.Tests.Storage;

public class FileTableTests
{
    private const int Page = 8192;

    [Fact]
    public void Read_ManyMoreFilesThanSlots_EachHasItsContents()
    {
        using EngineFixture bench = new(EngineFixture.SmallSegments with { OpenFilesMax = 7 });
        RelationFork[] forks = [.. Enumerable.Range(1, 400).Select(n => bench.NewRelation((uint)n, 1))];
        byte[] page = new byte[Page];

        for (int round = 0; round < 3; round++)
        {
            foreach (RelationFork fork in forks)
            {
                bench.Storage.Read(fork, 0, page);
                EngineFixture.AssertPage(page, fork.Locator.Relation, 0);
            }
        }

        Assert.Equal(7, bench.Storage.Files.InUse);
        Assert.Equal(7, OpenDescriptorsUnder(bench.DataDirectory));
    }

    [Fact]
    public void Dispose_OpenFiles_LeavesNoDescriptor()
    {
        using EngineFixture bench = new();
        using (StorageManager storage = bench.OpenStorage(EngineFixture.SmallSegments))
        {
            RelationFork fork = storage.Relation(new RelationLocator(1663, 5, 1), ForkNumber.Main);
            storage.Create(fork, false);
            storage.ZeroExtend(fork, 0, 40);
            storage.Sync(fork);
            Assert.Equal(3, OpenDescriptorsUnder(bench.DataDirectory));
        }

        Assert.Equal(0, OpenDescriptorsUnder(bench.DataDirectory));
    }

    [Fact]
    public void Slots_FilesOpenedAndClosed_StayDense()
    {
        using EngineFixture bench = new(EngineFixture.SmallSegments with { OpenFilesMax = 100 });
        RelationFork first = bench.NewRelation(1, 1);
        RelationFork second = bench.NewRelation(2, 1);
        Assert.Equal([0, 1], new[] { first, second }.Select(fork => fork.File(0).Slot));

        bench.Storage.Close(first);
        RelationFork third = bench.NewRelation(3, 1);

        Assert.Equal(0, third.File(0).Slot);
        Assert.Equal(2, bench.Storage.Files.InUse);
        bench.Storage.Read(first, 0, new byte[Page]); // opened again elsewhere; the old reference is not followed
        Assert.Equal(2, first.File(0).Slot);
    }

    [Fact]
    public void TryLease_AfterEviction_Fails()
    {
        using EngineFixture bench = new(EngineFixture.SmallSegments with { OpenFilesMax = 1 });
        RelationFork first = bench.NewRelation(1, 1);
        FileReference old = first.File(0);

        RelationFork second = bench.NewRelation(2, 1);

        Assert.False(bench.Storage.Files.TryLease(old, forWrite: false, out FileLease lease));
        Assert.False(lease.IsValid);
        Assert.True(bench.Storage.Files.TryLease(second.File(0), forWrite: false, out lease));
        Assert.Equal(old.Slot, lease.Slot);
        bench.Storage.Files.Release(lease);
    }

    [Fact]
    public void Sweep_RecentlyUsedFile_Survives()
    {
        using EngineFixture bench = new(EngineFixture.SmallSegments with { OpenFilesMax = 3 });
        RelationFork[] forks = [.. Enumerable.Range(1, 20).Select(n => bench.NewRelation((uint)n, 1))];
        foreach (RelationFork fork in forks)
            bench.Storage.Sync(fork);
        byte[] page = new byte[Page];
        int reopened = 0;
        FileReference hot = default;

        foreach (RelationFork fork in forks.Skip(1))
        {
            bench.Storage.Read(forks[0], 0, page);
            reopened += forks[0].File(0) == hot ? 0 : 1;
            hot = forks[0].File(0);
            bench.Storage.Read(fork, 0, page);
        }

        // A plain round robin over three slots would throw it out at every third file.
        Assert.InRange(reopened, 1, 4);
    }

    [Fact]
    public void Eviction_WrittenFile_IsSyncedFirst_AndAFailureIsRemembered()
    {
        TestFaults faults = new();
        using EngineFixture bench = new(EngineFixture.SmallSegments with { OpenFilesMax = 2, Faults = faults });
        RelationFork written = bench.NewRelation(1, 1);
        RelationFork clean = bench.NewRelation(2, 1);
        bench.Storage.Sync(written);
        bench.Storage.Sync(clean);
        bench.Storage.Write(written, 0, new byte[Page]);
        faults.Log.Clear();

        RelationFork third = bench.NewRelation(3, 0); // pushes the clean one out
        Assert.DoesNotContain(faults.Log, entry => entry.Call == StorageCall.Sync);
        bench.Storage.Write(third, 0, new byte[Page]);
        faults.FailNth(StorageCall.Sync, 1, Errno.InputOutput);
        bench.NewRelation(4, 0); // only written ones are left

        Assert.Single(faults.Log, entry => entry.Call == StorageCall.Sync);
        faults.Rule = null;
        bool firstFailed = FailsToSync(bench.Storage, written);
        bool thirdFailed = FailsToSync(bench.Storage, third);
        Assert.True(firstFailed ^ thirdFailed, "the failure of the evicted file, and only of that one, is remembered");
    }

    [Fact]
    public void Eviction_TemporaryFile_IsNotSynced()
    {
        TestFaults faults = new();
        using EngineFixture bench = new(EngineFixture.SmallSegments with { OpenFilesMax = 1, Faults = faults });
        RelationFork temporary = bench.Storage.Temporary(3, new RelationLocator(1663, 5, 1), ForkNumber.Main);
        bench.Storage.Create(temporary, false);
        bench.Storage.Extend(temporary, 0, new byte[Page]);

        bench.NewRelation(2, 1);

        Assert.DoesNotContain(faults.Log, entry => entry.Call == StorageCall.Sync);
        Assert.Equal(1u, bench.Storage.GetBlockCount(temporary));
    }

    [Fact]
    public void Open_ProcessIsOutOfDescriptors_MakesRoomAndTriesAgain()
    {
        TestFaults faults = new();
        using EngineFixture bench = new(EngineFixture.SmallSegments with { Faults = faults });
        RelationFork[] forks = [.. Enumerable.Range(1, 5).Select(n => bench.NewRelation((uint)n, 1))];
        bench.Storage.Close(forks[0]);
        int refusals = 0;
        faults.Rule = (call, _, result) =>
            call == StorageCall.Open && refusals++ < 2 ? -(int)Errno.TooManyFiles : result;
        byte[] page = new byte[Page];

        bench.Storage.Read(forks[0], 0, page);

        EngineFixture.AssertPage(page, 1, 0);
        Assert.Equal(3, bench.Storage.Files.InUse); // two of four others were closed for it
    }

    [Fact]
    public void Open_OutOfDescriptorsAndNothingToClose_SaysWhatToDo()
    {
        TestFaults faults = new();
        using EngineFixture bench = new(EngineFixture.SmallSegments with { Faults = faults });
        RelationFork fork = bench.NewRelation(1, 1);
        bench.Storage.Close(fork);
        faults.Rule = (call, _, result) => call == StorageCall.Open ? -(int)Errno.TooManyFiles : result;

        StorageException e = Assert.Throws<StorageException>(() => bench.Storage.Read(fork, 0, new byte[Page]));

        Assert.Contains("max_files_per_process", e.Message);
        Assert.Equal(0, bench.Storage.Files.InUse);
    }

    [Fact]
    public void Open_SomethingThrows_LosesNoSlot()
    {
        TestFaults faults = new();
        using EngineFixture bench = new(EngineFixture.SmallSegments with { OpenFilesMax = 1, Faults = faults });
        RelationFork fork = bench.NewRelation(1, 1);
        bench.Storage.Close(fork);
        faults.Rule = (call, _, result) =>
            call == StorageCall.Open ? throw new InsufficientMemoryException("test") : result;
        byte[] page = new byte[Page];
        Assert.Throws<InsufficientMemoryException>(() => bench.Storage.Read(fork, 0, page));
        faults.Rule = null;

        bench.Storage.Read(fork, 0, page);

        EngineFixture.AssertPage(page, 1, 0);
    }

    [Fact]
    public void Listener_OpenAndClose_HearsBothWithTheFileOpen()
    {
        using EngineFixture bench = new(EngineFixture.SmallSegments with { OpenFilesMax = 3 });
        Listener listener = new();
        bench.Storage.Files.Listener = listener;
        RelationFork[] forks = [.. Enumerable.Range(1, 10).Select(n => bench.NewRelation((uint)n, 1))];

        Assert.Equal(3, listener.Open.Count);
        Assert.All(listener.Open.Keys, slot => Assert.InRange(slot, 0, 2));
        foreach (RelationFork fork in forks)
            bench.Storage.Unlink(fork);
        Assert.Empty(listener.Open);
        Assert.Equal(10, listener.Opens);
    }

    [Fact]
    public void Listener_SecondOrLate_Throws()
    {
        using EngineFixture bench = new();
        bench.Storage.Files.Listener = new Listener();
        Assert.Throws<InvalidOperationException>(() => bench.Storage.Files.Listener = new Listener());
        using EngineFixture late = new();
        late.NewRelation(1, 1);
        Assert.Throws<InvalidOperationException>(() => late.Storage.Files.Listener = new Listener());
    }

    [Fact]
    public void CapacityFor_AnySetting_StaysWithinTheProcessLimit()
    {
        long limit = FileSystemCalls.OpenFilesLimit();

        Assert.Equal(1, FileTable.CapacityFor(1));
        Assert.InRange(FileTable.CapacityFor(int.MaxValue), 1, (int)Math.Min(limit - 1, int.MaxValue));
    }

    private static bool FailsToSync(StorageManager storage, RelationFork fork)
    {
        try
        {
            storage.Sync(fork);
            return false;
        }
        catch (StorageException)
        {
            return true;
        }
    }

    private static int OpenDescriptorsUnder(string folder) => Directory.GetFiles("/proc/self/fd")
        .Select(path => new FileInfo(path).LinkTarget)
        .Count(target => target is not null && target.StartsWith(folder + "/", StringComparison.Ordinal));

    private sealed class Listener : IFileSlotListener
    {
        public Dictionary<int, int> Open { get; } = [];

        public int Opens { get; private set; }

        public void Opened(int slot, int descriptor)
        {
            lock (Open)
            {
                Open.Add(slot, descriptor);
                Opens++;
            }
        }

        public void Closing(int slot)
        {
            lock (Open)
            {
                Assert.True(Open.Remove(slot, out int descriptor));
                Assert.True(FileSystemCalls.Length(descriptor) >= 0, "closed before its slot was left");
            }
        }
    }
}
