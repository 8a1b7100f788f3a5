namespace Forebay.Interop;

/// <summary>What the kernel says of a file.</summary>
/// <param name="Length">Length in bytes.</param>
/// <param name="IsDirectory">Whether it is a directory.</param>
/// <param name="DeviceMajor">Major number of the device that the file system is on.</param>
/// <param name="DeviceMinor">Minor number of that device.</param>
/// <param name="StatesDirect">
/// Whether the two alignments are stated (Linux 6.1, and by far not every file system).
/// </param>
/// <param name="DirectMemoryAlignment">Alignment of memory for direct I/O; stated and zero = no direct I/O.</param>
/// <param name="DirectOffsetAlignment">Alignment of offset and length for direct I/O.</param>
/// <param name="IsRegular">Whether it is a plain file.</param>
/// <param name="Owner">User that owns it.</param>
/// <param name="Permissions">Who may do what: the nine bits.</param>
/// <param name="Inode">Its number in the file system; with the device, what tells one file from all others.</param>
internal readonly record struct FileStatus(
    long Length,
    bool IsDirectory,
    uint DeviceMajor,
    uint DeviceMinor,
    bool StatesDirect,
    int DirectMemoryAlignment,
    int DirectOffsetAlignment,
    bool IsRegular,
    uint Owner,
    int Permissions,
    ulong Inode)
{
    /// <summary>The device as one number.</summary>
    public long Device => ((long)DeviceMajor << 32) | DeviceMinor;
}
