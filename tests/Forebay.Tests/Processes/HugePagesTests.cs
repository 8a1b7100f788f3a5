using System.Globalization;
using Forebay.Processes;
using Forebay.Tests.Support;

namespace Forebay.Tests.Processes;

/// <summary>A shared instance whose segment lies in huge pages that were set aside for that.</summary>
public sealed class HugePagesTests
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

    private static int FreeHugePages() => File.ReadLines("/proc/meminfo")
        .Where(static line => line.StartsWith("HugePages_Free:", StringComparison.Ordinal))
        .Select(static line => int.Parse(line.Split(':')[1].Trim(), CultureInfo.InvariantCulture))
        .FirstOrDefault();
}
