namespace Forebay.Methods.IoUring;

/// <summary>A block device, or a partition of one, as the kernel numbers it.</summary>
/// <param name="Major">Major number.</param>
/// <param name="Minor">Minor number.</param>
internal readonly record struct BlockDevice(uint Major, uint Minor);
