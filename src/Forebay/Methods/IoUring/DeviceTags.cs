using System.Globalization;

namespace Forebay.Methods.IoUring;

/// <summary>
/// How many requests a block device can hold at a time. One more makes the kernel put the submitter to sleep inside
/// io_uring_enter, so the method stays below: 7/8, the rest is for file system metadata and other users.
/// </summary>
internal static class DeviceTags
{
    /// <summary>The budget where nothing is known: 7/8 of 128, the smallest queue that is in use today.</summary>
    public const int UnknownBudget = 112;

    private const string SystemBlockDevices = "/sys/dev/block";

    // Encryption over volumes over mirrors over disks, and one to spare.
    private const int LayersMax = 5;

    /// <summary>The budget for a device; <see cref="UnknownBudget"/> if it is null or does not say.</summary>
    public static int Budget(BlockDevice? device) => Budget(device, SystemBlockDevices);

    /// <summary>As above, reading another tree than the system's.</summary>
    internal static int Budget(BlockDevice? device, string blockDevices)
    {
        if (device is not { } known)
            return UnknownBudget;
        string own = Path.Combine(blockDevices, string.Create(CultureInfo.InvariantCulture,
            $"{known.Major}:{known.Minor}"));
        if (Read(own, LayersMax) is not { } tags)
            return UnknownBudget;
        return Math.Clamp((int)(tags * 7L / 8), 1, IoUringOptions.DeviceBudgetMax);
    }

    // The tags of one hardware queue (a thread on one core uses one), or the scheduler's if it has fewer. A device that
    // is made of others (volumes, encryption, mirrors) has none of its own, whatever it says: then the least of theirs.
    private static int? Read(string link, int layers)
    {
        // A partition has no queue of its own: the disk is its parent in the tree that the link leads into.
        string device = TargetOf(link);
        string disk = Directory.Exists(Path.Combine(device, "queue"))
            ? device
            : Path.GetDirectoryName(device) ?? device;
        int? least = null;
        foreach (string part in layers > 0 ? Directories(Path.Combine(disk, "slaves")) : [])
            least = Least(least, Read(part, layers - 1));
        if (least is not null)
            return least;
        least = Number(Path.Combine(disk, "queue", "nr_requests"));
        foreach (string queue in Directories(Path.Combine(disk, "mq")))
            least = Least(least, Number(Path.Combine(queue, "nr_tags")));
        return least;
    }

    private static int? Least(int? one, int? other) => one < other ? one : other ?? one;

    // Before anything is appended to it: paths are normalised without looking at links, so that ".." in the next link
    // would lead elsewhere.
    private static string TargetOf(string link)
    {
        try
        {
            return new DirectoryInfo(link).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? link;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return link; // no such device here
        }
    }

    private static string[] Directories(string path)
    {
        try
        {
            return Directory.Exists(path) ? Directory.GetDirectories(path) : [];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return []; // a container may hide it; then the scheduler's number is all there is
        }
    }

    private static int? Number(string path)
    {
        try
        {
            string text = File.ReadAllText(path);
            return int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out int value) && value > 0
                ? value
                : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null; // no such file: not a device with a queue, or hidden
        }
    }
}
