using System.ComponentModel;
using System.Diagnostics;
using Forebay.Interop;
using Shared;

namespace Forebay.Tests.Processes;

/// <summary>Processes come and go all the time, and some are killed wherever they are: creating, attaching, leaving.
/// </summary>
[Collection(nameof(ManyProcessesTests))]
public sealed class AttachStormTests(ITestOutputHelper output)
{
    private const int SegmentBlocks = 96;

    public static TheoryData<IoMethod> Methods => ManyProcessesTests.Methods;

    [Theory]
    [MemberData(nameof(Methods))]
    public void Visit_OthersAreKilled_TheLastOneOutRemovesTheFiles(IoMethod method)
    {
        output.WriteLine($"seed {Stress.Seed}");
        Random random = new(Stress.Seed);
        using SharedScenario scenario = new(segmentBlocks: SegmentBlocks);
        List<HostProcess> visitors = [];
        try
        {
            for (int i = 0; i < 3; i++)
                visitors.Add(Start(scenario, method, random.Next()));
            for (int kill = 0; kill < 3 * Stress.Factor; kill++)
            {
                using ManualResetEventSlim never = new();
                never.Wait(random.Next(200));
                if (visitors.Find(static each => each.HasExited) is { } failed)
                    Assert.Fail($"a visitor failed: {failed.ReadErrors()}");

                // Sometimes all of them: then the next one finds what a crash has left.
                bool isAll = random.Next(3) == 0;
                int only = random.Next(visitors.Count);
                for (int index = 0; index < visitors.Count; index++)
                {
                    if (isAll || index == only)
                        visitors[index].Dispose(); // kills
                }

                for (int index = 0; index < visitors.Count; index++)
                {
                    if (isAll || index == only)
                        visitors[index] = Start(scenario, method, random.Next());
                }
            }

            visitors.ForEach(static visitor => visitor.End());
            visitors.ForEach(static visitor => visitor.UntilDone());
            output.WriteLine($"{method}: {visitors.Sum(static each => each.Reads)} visits of those who lived, "
                + $"{visitors.Sum(static each => each.Changes)} found what a crash had left");
            Assert.Empty(scenario.Folder.Files);
            visitors.ForEach(static visitor => visitor.Go());
            visitors.ForEach(static visitor => visitor.UntilGone());
        }
        finally
        {
            visitors.ForEach(static visitor => visitor.Dispose());
        }
    }

    [Fact]
    public void Visit_ThreeFindWhatACrashHasLeft_ItIsMadeAnewOnce()
    {
        using SharedScenario scenario = new(segmentBlocks: SegmentBlocks);
        byte[] left;
        using (ForebayInstance instance = scenario.Open())
            left = File.ReadAllBytes(scenario.Folder.Segment(SharedScenario.Name));
        AttachTests.WriteSegment(scenario, left);
        List<HostProcess> visitors = [];
        try
        {
            for (int i = 0; i < 3; i++)
                visitors.Add(new HostProcess(scenario, IoMethod.Sync, "visit", 1, i));
            visitors.ForEach(static visitor => visitor.UntilReady());
            visitors.ForEach(static visitor => visitor.Go());
            visitors.ForEach(static visitor => visitor.UntilDone());
            Assert.Equal(1, visitors.Sum(static visitor => visitor.Changes));
            Assert.Empty(scenario.Folder.Files);
            visitors.ForEach(static visitor => visitor.Go());
            visitors.ForEach(static visitor => visitor.UntilGone());
        }
        finally
        {
            visitors.ForEach(static visitor => visitor.Dispose());
        }
    }

    [Fact]
    public void Open_HolderOfThePlacesLockIsKilled_GoesOn()
    {
        using SharedScenario scenario = new();
        scenario.Folder.Make();
        string path = Path.Combine(scenario.Folder.Path, SharedScenario.Name + ".lock");
        _ = FileSystemCalls.Close(FileSystemCalls.Open(path, FileOpenFlags.Create | FileOpenFlags.Write));
        using Process holder = Hold(path);
        Task<ForebayInstance> opening = Background.Run(() => scenario.Open());
        Assert.False(opening.IsCompleted);
        holder.Kill(entireProcessTree: true);
        using ForebayInstance instance = Background.Join(opening);
        Assert.True(instance.IsCreator);
    }

    // Between containers that share the folder: each would find no process under the other's number.
    [Fact]
    public void Attach_FromAnotherNamespaceOfProcesses_IsRefused()
    {
        Assert.SkipUnless(CanUnshare(), "A namespace of processes cannot be made here.");
        using SharedScenario scenario = new(segmentBlocks: SegmentBlocks);
        using HostProcess here = Start(scenario, IoMethod.Sync, 1);
        using ForebayInstance instance = ForebayInstance.Open(scenario.DataDirectory, new ForebayOptions
        {
            Sharing = scenario.Folder.Named(SharedScenario.Name),
            BufferPoolBytes = 64 * 8192L,
            IoMethod = IoMethod.Sync,
            MaxSessions = 32,
            IoMaxConcurrency = 16,
            SegmentBlocks = SegmentBlocks,
        });
        using HostProcess there = new(
            scenario, IoMethod.Sync, "visit", 1, 0, through: ["unshare", "--pid", "--fork", "--kill-child"]);
        there.UntilReady();
        there.Go();
        Assert.Null(there.NextLineOrNull());
        Assert.Contains("Setting process namespace is", there.ReadErrors(), StringComparison.Ordinal);
        Assert.InRange(instance.AttachedProcesses, 1, 2);
        Assert.False(here.HasExited);
    }

    private static bool CanUnshare()
    {
        try
        {
            using Process unshare = Process.Start(new ProcessStartInfo("unshare", ["--pid", "--fork", "true"])
            {
                RedirectStandardError = true,
            })!;
            unshare.WaitForExit();
            return unshare.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    // Says something once it has the lock.
    private static Process Hold(string path)
    {
        try
        {
            Process holder = Process.Start(new ProcessStartInfo("flock", ["-x", path, "sh", "-c", "echo locked; cat"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!;
            Assert.Equal("locked", holder.StandardOutput.ReadLine());
            return holder;
        }
        catch (Win32Exception)
        {
            Assert.Skip("There is no program flock here.");
            throw;
        }
    }

    private static HostProcess Start(SharedScenario scenario, IoMethod method, int seed)
    {
        HostProcess visitor = new(scenario, method, "visit", 0, seed & 0xFFFFF);
        visitor.UntilReady();
        visitor.Go();
        return visitor;
    }
}
