using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Forebay.Interop;

namespace Forebay.Storage;

/// <summary>File systems that files were opened on, each looked at once.</summary>
internal sealed class FileSystemTable
{
    private const int LogicalBlockDefault = 512;

    private readonly ConcurrentDictionary<(uint Major, uint Minor), FileSystemFacts> _facts = new();

    /// <summary>All that were met.</summary>
    public IReadOnlyCollection<FileSystemFacts> All => [.. _facts.Values];

    /// <summary>The facts of the file system that an open file is on.</summary>
    public FileSystemFacts Of(int descriptor, FileStatus status, StorageFileMode mode)
    {
        // Two threads may look at the same time; they find the same.
        return _facts.TryGetValue((status.DeviceMajor, status.DeviceMinor), out FileSystemFacts? facts)
            ? facts
            : _facts.GetOrAdd((status.DeviceMajor, status.DeviceMinor), Look(descriptor, status, mode));
    }

    /// <summary>Name of a file system's type for messages.</summary>
    public static string NameOf(int descriptor) => FileSystemCalls.FileSystemType(descriptor) switch
    {
        0xEF53 => "ext4",
        0x58465342 => "xfs",
        0x9123683E => "btrfs",
        0x01021994 => "tmpfs",
        0x794C7630 => "overlayfs",
        0x6969 => "nfs",
        0x2FC12FC1 => "zfs",
        0xF2F52010 => "f2fs",
        0x65735546 => "fuse",
        0x73717368 => "squashfs",
        0xE0F5E1E2 => "erofs",
        0x01021997 => "9p",
        0x9FA0 => "proc",
        0x62656572 => "sysfs",
        long type => string.Create(CultureInfo.InvariantCulture, $"of type 0x{type:X}"),
    };

    private static FileSystemFacts Look(int descriptor, FileStatus status, StorageFileMode mode)
    {
        bool uncached = false;
        if (mode == StorageFileMode.Uncached)
        {
            Span<byte> one = stackalloc byte[1];
            int result = FileSystemCalls.Read(descriptor, one, 0, FileTransfer.Uncached);
            uncached = result != -(int)Errno.NotSupported;
        }

        int logicalBlock = mode == StorageFileMode.Direct
            ? LogicalBlock(status.DeviceMajor, status.DeviceMinor)
            : LogicalBlockDefault;
        return new FileSystemFacts(
            NameOf(descriptor), status.DeviceMajor, status.DeviceMinor, uncached, logicalBlock);
    }

    // A partition has no queue of its own: its parent in sysfs is the disk. The kernel follows the link before the
    // two dots, which a path library would not.
    private static int LogicalBlock(uint major, uint minor)
    {
        string device = string.Create(CultureInfo.InvariantCulture, $"/sys/dev/block/{major}:{minor}");
        return ReadNumber(device + "/queue/logical_block_size")
            ?? ReadNumber(device + "/../queue/logical_block_size")
            ?? LogicalBlockDefault;
    }

    private static int? ReadNumber(string path)
    {
        int descriptor = FileSystemCalls.Open(path, FileOpenFlags.None);
        if (descriptor < 0)
            return null;
        Span<byte> text = stackalloc byte[32];
        int length = FileSystemCalls.Read(descriptor, text, 0);
        _ = FileSystemCalls.Close(descriptor);
        if (length <= 0)
            return null;
        string number = Encoding.ASCII.GetString(text[..length]).Trim();
        return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0
            ? value
            : null;
    }
}
