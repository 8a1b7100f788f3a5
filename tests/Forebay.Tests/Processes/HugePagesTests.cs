using System.Globalization;
using Forebay.Processes;
using Forebay.Tests.Support;

namespace Forebay.Tests.Processes;

/// <summary>A shared instance whose segment lies in huge pages that were set aside for that.</summary>
public sealed class HugePagesTests(ITestOutputHelper output)
{
    private const int PagesWanted = 8;

    [Fact]
    public void Open_OnHugePages_IsShared()
    {
        int free = FreeHugePages();
        Assert.SkipUnless(free >= PagesWanted,
            $"{free} huge pages of 2 MiB are free here, {PagesWanted} are needed (/proc/sys/vm/nr_hugepages).");
        using MountedFolder mounted = MountedFolder.OfHugePages();
        string folder = Path.Combine(mounted.Path, "instances");
        using SharedScenario scenario = new();
        ForebayOptions options = new(scenario.Options()) { Sharing = Sharing.Named("huge", folder) };
        using (ForebayInstance first = scenario.Open(options))
        {
            using ForebayInstance second = ForebayInstance.Attach(Sharing.Named("huge", folder));
            Assert.True(FreeHugePages() < free);
            using ForebaySession one = first.OpenSession();
            using ForebaySession two = second.OpenSession();
            SharedScenario.Change(one, 7, version: 2);
            Assert.Equal(2u, SharedScenario.Read(two, 7));
            using ForebayViewer viewer = ForebayViewer.Attach(Sharing.Named("huge", folder));
            Assert.Equal(2, viewer.AttachedProcesses);
            Assert.Single(viewer.GetBuffers());
        }

        Assert.Empty(Directory.GetFiles(folder));
        Assert.Equal(free, FreeHugePages());
    }

    [Fact]
    public void Open_TooFewHugePages_SaysSoAndLeavesNothing()
    {
        int free = FreeHugePages();
        using MountedFolder mounted = MountedFolder.OfHugePages();
        string folder = Path.Combine(mounted.Path, "instances");
        using SharedScenario scenario = new();
        ForebayOptions options = new(scenario.Options(poolPages: (free + PagesWanted) * 256))
        {
            Sharing = Sharing.Named("huge", folder),
        };
        SharingException refusal = Assert.Throws<SharingException>(() => scenario.Open(options));
        Assert.Contains("no room for a segment", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder));
        Assert.Equal(free, FreeHugePages());
    }

    [Fact]
    public void Open_OnOrdinaryMemory_LiesInHugePages()
    {
        Assert.SkipUnless(Environment.OSVersion.Version >= new Version(6, 1) && !IsNeverHuge(),
            "Files on tmpfs can be moved into huge pages from Linux 6.1 on, if it may have transparent ones.");
        using SharedScenario scenario = new();
        const int Pages = 4096; // 32 MiB
        using ForebayInstance creator = scenario.Open(scenario.Options(poolPages: Pages));
        long huge = MappedHuge(scenario.Folder.Path);
        output.WriteLine($"{huge} KiB of the segment are in huge pages");
        Assert.True(huge >= Pages * 8 / 2); // all of it, but where the kernel finds no free one
    }

    private static bool IsNeverHuge() => File.ReadAllText("/sys/kernel/mm/transparent_hugepage/enabled")
        .Contains("[never]", StringComparison.Ordinal);

    // KiB of this process's mapping of a segment below the folder that are mapped as huge pages.
    private static long MappedHuge(string folder)
    {
        bool isSegment = false;
        long sum = 0;
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            if (line.Contains(" rw-s ", StringComparison.Ordinal) || line.Contains(" r--s ", StringComparison.Ordinal))
                isSegment = line.Contains(folder, StringComparison.Ordinal);
            if (isSegment && line.StartsWith("ShmemPmdMapped:", StringComparison.Ordinal))
                sum += Kilobytes(line);
        }

        return sum;
    }

    private static long Kilobytes(string line) =>
        long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);

    private static int FreeHugePages() => File.ReadLines("/proc/meminfo")
        .Where(static line => line.StartsWith("HugePages_Free:", StringComparison.Ordinal))
        .Select(static line => int.Parse(line.Split(':')[1].Trim(), CultureInfo.InvariantCulture))
        .FirstOrDefault();
}
