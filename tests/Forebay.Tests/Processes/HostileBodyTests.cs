using System.Collections;
using System.Reflection;
using Forebay.Interop;
using Forebay.Memory;
using Forebay.Processes;
using Forebay.Tests.Tool;
using Shared;

namespace Forebay.Tests.Processes;

/// <summary>
/// A segment with a good header and anything behind it, changed while it is looked at: rows or a clear error, never an
/// exception of another kind, a crash, or a look that does not end.
/// </summary>
public sealed class HostileBodyTests(ITestOutputHelper output)
{
    private const int HeaderBytes = 8192;

    [Fact]
    public void Look_BodyIsRandom_TellsRowsOrWhy()
    {
        output.WriteLine($"seed {Stress.Seed}");
        Random random = new(Stress.Seed);
        using SharedScenario scenario = new();
        byte[] good = Good(scenario, out (long Start, long Length)[] regions);
        scenario.Folder.Write(SharedScenario.Name, good);
        int file = FileSystemCalls.Open(scenario.Folder.Segment(SharedScenario.Name), FileOpenFlags.Write);
        try
        {
            using ForebayViewer viewer = ForebayViewer.Attach(scenario.Folder.Named(SharedScenario.Name));
            byte[] noise = new byte[4096];
            for (int round = 0; round < 60 * Stress.Factor; round++)
            {
                for (int change = random.Next(1, 12); change > 0; change--)
                    Spoil(random, file, regions, noise);
                LookAtAll(viewer);
            }

            Background.Join(Task.WhenAll(Enumerable.Range(0, 2).Select(number => Background.Run(() =>
            {
                Random own = new(Stress.Seed + number);
                byte[] ownNoise = new byte[4096];
                for (int round = 0; round < 100 * Stress.Factor; round++)
                {
                    if (number == 0)
                        Spoil(own, file, regions, ownNoise);
                    else if (round % 10 == 0)
                        LookAtAll(viewer);
                }
            }))));
        }
        finally
        {
            _ = FileSystemCalls.Close(file);
        }

        foreach (string command in (string[])["ps", "stat", "buffers"])
        {
            foreach (string form in (string[])["--json", "--color=never"])
            {
                string[] words =
                    [command, "--attach", SharedScenario.Name, "--share-dir", scenario.Folder.Path, form];
                ToolRun run = ToolRun.Of(form == "--json" ? words : words[..^1]);
                Assert.DoesNotContain("share-dir", run.Errors, StringComparison.Ordinal); // it did look
                Assert.True(run.Code is 0 or 2, $"{command}: exit code {run.Code}, {run.Errors}");
            }
        }
    }

    [Fact]
    public void Look_FileWasCutMeanwhile_SaysSo()
    {
        using SharedScenario scenario = new();
        scenario.Folder.Write(SharedScenario.Name, Good(scenario, out _));
        using ForebayViewer viewer = ForebayViewer.Attach(scenario.Folder.Named(SharedScenario.Name));
        Assert.NotNull(viewer.GetStatistics());
        int file = FileSystemCalls.Open(scenario.Folder.Segment(SharedScenario.Name), FileOpenFlags.Write);
        Assert.Equal(0, FileSystemCalls.Truncate(file, HeaderBytes));
        Assert.Equal(0, FileSystemCalls.Close(file));
        SharingException cut = Assert.Throws<SharingException>(viewer.GetStatistics);
        Assert.Contains("was cut to 8192 bytes", cut.Message, StringComparison.Ordinal);
        Assert.Throws<SharingException>(viewer.GetBuffers);
        Assert.Throws<SharingException>(viewer.GetInFlight);
        Assert.Throws<SharingException>(viewer.GetWaits);
        Assert.Throws<SharingException>(() => viewer.AttachedProcesses);
        Assert.Throws<SharingException>(() => ForebayViewer.Attach(scenario.Folder.Named(SharedScenario.Name)));
    }

    [Fact]
    public void Look_OpenToOthersOrAnotherUsersOrALink_IsRefused()
    {
        using SharedScenario scenario = new();
        byte[] good = Good(scenario, out _);
        scenario.Folder.Write(SharedScenario.Name, good);
        string path = scenario.Folder.Segment(SharedScenario.Name);
        SetMode("604", path);
        AssertRefused(scenario, "is open to others (mode 0604)");
        SetMode("600", path);
        ForebayViewer.Attach(scenario.Folder.Named(SharedScenario.Name)).Dispose();

        string moved = Path.Combine(scenario.Folder.Path, "elsewhere");
        File.Move(path, moved);
        File.CreateSymbolicLink(path, moved);
        AssertRefused(scenario, "cannot be opened");
    }

    private static void SetMode(string mode, string path)
    {
        using System.Diagnostics.Process chmod = System.Diagnostics.Process.Start("chmod", [mode, path]);
        chmod.WaitForExit();
        Assert.Equal(0, chmod.ExitCode);
    }

    private static void AssertRefused(SharedScenario scenario, string expected)
    {
        SharingException refusal = Assert.Throws<SharingException>(
            () => ForebayViewer.Attach(scenario.Folder.Named(SharedScenario.Name)));
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    private static byte[] Good(SharedScenario scenario, out (long Start, long Length)[] regions)
    {
        using ForebayInstance instance = scenario.Open();
        using ForebaySession session = instance.OpenSession();
        for (uint block = 0; block < 40; block++)
            SharedScenario.Change(session, block, 2);
        InstanceLayout layout = new(instance.Options);
        regions =
        [
            Bytes(layout.Processes, 128), Bytes(layout.Engine.Handles.Handles, 128), Bytes(layout.Engine.Slots, 4),
            Bytes(layout.Engine.Activities, 128), Bytes(layout.Engine.Tallies, 8), Bytes(layout.Pool.Descriptors, 64),
            Bytes(layout.WorkerQueue.Control, 128), (HeaderBytes, layout.Segment.Length - HeaderBytes),
        ];
        return File.ReadAllBytes(scenario.Folder.Segment(SharedScenario.Name));
    }

    private static (long Start, long Length) Bytes<T>(SegmentRegion<T> region, int size)
        where T : unmanaged => (region.Offset, (long)region.Count * size);

    private static void Spoil(Random random, int file, (long Start, long Length)[] regions, byte[] noise)
    {
        (long start, long length) = regions[random.Next(regions.Length)];
        int count = (int)Math.Min(random.Next(1, noise.Length + 1), length);
        if (random.Next(4) == 0)
            noise.AsSpan(0, count).Fill((byte)(random.Next(2) * 255));
        else
            random.NextBytes(noise.AsSpan(0, count));
        Assert.Equal(count,
            FileSystemCalls.Write(file, noise.AsSpan(0, count), start + random.NextInt64(length - count + 1)));
    }

    private static void LookAtAll(ForebayViewer viewer)
    {
        Touch(viewer.GetInFlight());
        Touch(viewer.GetBuffers());
        Touch(viewer.GetWaits());
        Touch(viewer.GetBufferSummary());
        Touch(viewer.GetStatistics());
        Touch(viewer.AttachedProcesses);
    }

    private static void Touch(object? value)
    {
        switch (value)
        {
            case null or string:
                return;
            case IEnumerable rows:
                foreach (object? row in rows)
                    Touch(row);
                return;
            default:
                break;
        }

        if (value.GetType().Namespace?.StartsWith("Forebay", StringComparison.Ordinal) != true || value is Enum)
            return;
        foreach (PropertyInfo property in value.GetType().GetProperties())
            Touch(property.GetValue(value));
    }
}
