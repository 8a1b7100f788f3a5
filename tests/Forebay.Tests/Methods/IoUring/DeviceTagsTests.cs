using System.Globalization;
using Forebay.Methods.IoUring;

namespace Forebay.Tests.Methods.IoUring;

/// <summary>The budget that a tree like /sys/dev/block leads to.</summary>
public sealed class DeviceTagsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("forebay-tags-");

    private string BlockDevices => Path.Combine(_folder.FullName, "dev", "block");

    [Theory]
    [InlineData("128", "128", 112)]
    [InlineData("64", "32", 28)]      // a scheduler that queues more than the disk takes
    [InlineData("256", "1023", 224)]  // and one that queues less
    [InlineData("128", null, 112)]    // no hardware queues are shown
    [InlineData(null, "64", 56)]      // no scheduler's number is shown
    [InlineData("1", "1", 1)]         // seven eighths of one is still one
    [InlineData("none", "-4", DeviceTags.UnknownBudget)]
    [InlineData("1000000", "1000000", IoUringOptions.DeviceBudgetMax)]
    public void Budget_OfADisk_IsSevenEighthsOfTheLesser(string? requests, string? tags, int expected)
    {
        Disk("sda", "8:0", requests, tags);
        Assert.Equal(expected, DeviceTags.Budget(new BlockDevice(8, 0), BlockDevices));
    }

    [Fact]
    public void Budget_SeveralHardwareQueues_TakesTheSmallest()
    {
        string disk = Disk("nvme0n1", "259:0", "1023", "1023");
        Write(Path.Combine(disk, "mq", "1", "nr_tags"), "80");
        Assert.Equal(70, DeviceTags.Budget(new BlockDevice(259, 0), BlockDevices));
    }

    [Fact]
    public void Budget_OfAPartition_IsItsDisks()
    {
        string disk = Disk("sda", "8:0", "64", "64");
        Link("8:3", Directory.CreateDirectory(Path.Combine(disk, "sda3")).FullName);
        Assert.Equal(56, DeviceTags.Budget(new BlockDevice(8, 3), BlockDevices));
    }

    /// <summary>A volume over an encrypted partition of one disk and over another disk.</summary>
    [Fact]
    public void Budget_OfAStackedDevice_IsThatOfTheSmallestDiskBelow()
    {
        string first = Disk("sda", "8:0", "64", "32");
        string partition = Directory.CreateDirectory(Path.Combine(first, "sda2")).FullName;
        string second = Disk("sdb", "8:16", "64", "64");
        string crypt = Disk("dm-0", "253:0", "128", null);
        Slave(crypt, "sda2", partition);
        string volume = Disk("dm-1", "253:1", "128", null);
        Slave(volume, "dm-0", crypt);
        Slave(volume, "sdb", second);

        Assert.Equal(28, DeviceTags.Budget(new BlockDevice(253, 1), BlockDevices));
    }

    [Fact]
    public void Budget_StackedOverItself_Ends()
    {
        string loop = Disk("dm-0", "253:0", "16", null);
        Slave(loop, "dm-0", loop);
        Assert.Equal(14, DeviceTags.Budget(new BlockDevice(253, 0), BlockDevices));
    }

    [Fact]
    public void Budget_UnknownDevice_IsTheSmallestInUse()
    {
        Assert.Equal(DeviceTags.UnknownBudget, DeviceTags.Budget(null, BlockDevices));
        Assert.Equal(DeviceTags.UnknownBudget, DeviceTags.Budget(new BlockDevice(7, 7), BlockDevices));
    }

    /// <summary>Whatever disk the tests run on: an answer, and one that a ring can be made for.</summary>
    [Fact]
    public void Budget_OfEveryDeviceHere_IsInRange()
    {
        Assert.SkipUnless(Directory.Exists("/sys/dev/block"), "the devices are hidden here");
        foreach (string device in Directory.GetFileSystemEntries("/sys/dev/block"))
        {
            string[] numbers = Path.GetFileName(device).Split(':');
            BlockDevice known = new(
                uint.Parse(numbers[0], CultureInfo.InvariantCulture),
                uint.Parse(numbers[1], CultureInfo.InvariantCulture));
            Assert.InRange(DeviceTags.Budget(known), 1, IoUringOptions.DeviceBudgetMax);
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string Disk(string name, string number, string? requests, string? tags)
    {
        string disk = Directory.CreateDirectory(Path.Combine(_folder.FullName, "devices", name)).FullName;
        Directory.CreateDirectory(Path.Combine(disk, "queue"));
        if (requests is not null)
            Write(Path.Combine(disk, "queue", "nr_requests"), requests);
        if (tags is not null)
            Write(Path.Combine(disk, "mq", "0", "nr_tags"), tags);
        Link(number, disk);
        return disk;
    }

    private void Link(string number, string target)
    {
        Directory.CreateDirectory(BlockDevices);
        Directory.CreateSymbolicLink(
            Path.Combine(BlockDevices, number), Path.GetRelativePath(BlockDevices, target));
    }

    private static void Slave(string disk, string name, string target)
    {
        string slaves = Directory.CreateDirectory(Path.Combine(disk, "slaves")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(slaves, name), Path.GetRelativePath(slaves, target));
    }

    private static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text + "\n");
    }
}
