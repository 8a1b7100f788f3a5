using Forebay.Handles;
using Forebay.Interop;
using Forebay.Processes;
using Forebay.Tests.Support;
using Shared;

namespace Forebay.Tests.Processes;

/// <summary>The files that rings hold locked: who makes them, how long they are locked, and who removes them.</summary>
[Collection(nameof(ManyProcessesTests))]
public sealed class RingFileTests : IDisposable
{
    private readonly SharedScenario _scenario = new(200, segmentBlocks: 96);

    public RingFileTests() => Assert.SkipUnless(
        MethodAvailability.Probe().Single(static found => found.Method == IoMethod.IoUring).IsAvailable,
        "io_uring is refused here");

    public void Dispose() => _scenario.Dispose();

    [Fact]
    public void Open_TwoInstances_EachHasALockedFileUntilItLeaves()
    {
        ForebayInstance first = Open();
        ForebayInstance second = Open();
        string[] files = RingFiles();
        Assert.Equal([Name(0, 0), Name(1, 0)], files);
        foreach (string file in files)
            Assert.Equal(-(int)Errno.TryAgain, TryLock(file));
        Assert.Equal((int)RingLockState.Held, first.Engine.Processes[0].RingLock);

        second.Dispose();
        Assert.Equal([Name(0, 0)], RingFiles());
        using (ForebayInstance third = Open())
            Assert.Equal([Name(0, 0), Name(1, 1)], RingFiles()); // the slot's next use has a name of its own
        first.Dispose();
        Assert.Empty(_scenario.Folder.Files);
    }

    [Fact]
    public void Open_OtherMethods_HaveNone()
    {
        using ForebayInstance instance = _scenario.Open(_scenario.Options(IoMethod.Worker));
        Assert.Empty(RingFiles());
    }

    [Fact]
    public void Kill_OthersAreThere_TheOneThatTakesOverRemovesTheFile()
    {
        using ForebayInstance survivor = Open();
        using HostProcess victim = new(_scenario, IoMethod.IoUring, "direct-scan", int.MaxValue, seed: 1);
        victim.UntilReady();
        Assert.Equal(2, RingFiles().Length);
        victim.Go();
        victim.Kill();

        Eventually.Equal(1, () => survivor.Deaths!.Takeovers);
        Assert.Equal([Name(0, 0)], RingFiles());
        Assert.Equal(ProcessState.Free, survivor.Engine.Processes[1].Word.State);
    }

    [Fact]
    public void Kill_NobodyElseIsThere_WhoMakesTheInstanceAnewRemovesTheFile()
    {
        using HostProcess victim = new(_scenario, IoMethod.IoUring, "direct-scan", int.MaxValue, seed: 1);
        victim.UntilReady();
        victim.Kill();
        Assert.Equal([Name(0, 0)], RingFiles());
        string left = Path.Combine(_scenario.Folder.Path, SharedScenario.Name + ".ring-5-7");
        File.Move(Path.Combine(_scenario.Folder.Path, Name(0, 0)), left);

        ForebayInstance anew = Open();
        Assert.Equal([Name(0, 0)], RingFiles());
        anew.Dispose();
        Assert.Empty(_scenario.Folder.Files);
    }

    [Fact]
    public void Kill_NobodyElseIsThereAndReadsAreInTheKernel_WhoMakesTheInstanceAnewWaits()
    {
        ForebayInstance leaving = Open();
        using HostProcess victim = new(_scenario, IoMethod.IoUring, "direct-scan", int.MaxValue, seed: 1);
        using ThrottledGroup group = new(_scenario.DataDirectory);
        victim.UntilReady();
        group.Add(victim);
        group.HoldReads();
        victim.Go();
        Eventually.Holds(() => IsReading(leaving), "a read is in the kernel");
        leaving.Dispose();
        victim.Kill();

        Task<ForebayInstance> opening = Background.Run(Open);
        Eventually.Holds(() => !File.Exists(_scenario.Folder.Segment(SharedScenario.Name)), "what was left is removed");
        for (int look = 0; look < 100; look++)
        {
            Assert.Equal([Name(1, 0)], RingFiles());
            Assert.Equal(-(int)Errno.TryAgain, TryLock(Name(1, 0)));
            Assert.False(opening.IsCompleted);
        }

        group.Release();
        using ForebayInstance anew = Background.Join(opening);
        Assert.True(anew.IsCreator);
        Assert.Equal([Name(0, 0)], RingFiles());
    }

    private ForebayInstance Open() => ForebayInstance.Open(_scenario.DataDirectory, new ForebayOptions
    {
        Sharing = _scenario.Folder.Named(SharedScenario.Name),
        BufferPoolBytes = 64 * 8192L,
        IoMethod = IoMethod.IoUring,
        IoMode = IoMode.Direct,
        MaxSessions = 32,
        IoMaxConcurrency = 16,
        SegmentBlocks = 96,
    });

    private static bool IsReading(ForebayInstance instance) => Enumerable.Range(0, instance.Engine.Handles.Count)
        .Any(handle => instance.Engine.Handles[handle].State == IoHandleState.Submitted);

    private static string Name(int slot, int generation) => $"{SharedScenario.Name}.ring-{slot}-{generation}";

    private string[] RingFiles() => [.. _scenario.Folder.Files.Select(Path.GetFileName).OfType<string>()
        .Where(static name => name.Contains(".ring-", StringComparison.Ordinal)).Order()];

    private int TryLock(string name)
    {
        int descriptor = FileSystemCalls.Open(Path.Combine(_scenario.Folder.Path, name), FileOpenFlags.NoFollow);
        Assert.True(descriptor >= 0);
        int result = FileLock.TryEnter(descriptor);
        Assert.Equal(0, FileSystemCalls.Close(descriptor));
        return result;
    }
}
