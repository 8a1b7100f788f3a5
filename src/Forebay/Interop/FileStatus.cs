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
internal readonly record struct FileStatus(
    long Length,
    bool IsDirectory,
    uint DeviceMajor,
    uint DeviceMinor,
    bool StatesDirect,
    int DirectMemoryAlignment,
    int DirectOffsetAlignment);
