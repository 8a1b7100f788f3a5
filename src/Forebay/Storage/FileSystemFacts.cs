namespace Forebay.Storage;

/// <summary>What was found out about a file system when the first file on it was opened.</summary>
/// <param name="Name">Its type's name, for messages.</param>
/// <param name="DeviceMajor">Device it is on.</param>
/// <param name="DeviceMinor">Device it is on.</param>
/// <param name="HasUncached">
/// Whether it takes the uncached flag; false makes <see cref="StorageFileMode.Uncached"/> plain buffered I/O there.
/// Only asked in that mode.
/// </param>
/// <param name="LogicalBlockBytes">
/// Alignment that direct I/O needs by the device's logical blocks, for files that state none themselves.
/// </param>
internal sealed record FileSystemFacts(
    string Name,
    uint DeviceMajor,
    uint DeviceMinor,
    bool HasUncached,
    int LogicalBlockBytes);
