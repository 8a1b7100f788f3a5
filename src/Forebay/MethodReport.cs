namespace Forebay;

/// <summary>Which method was asked for, which one works, and why.</summary>
/// <param name="Requested">The setting.</param>
/// <param name="Effective">The method in use.</param>
/// <param name="Reason">Why it is that one; for <c>auto</c> on workers, why io_uring was not to be had.</param>
/// <param name="FixedBuffers">Whether the kernel has the pool's memory registered.</param>
/// <param name="FixedFiles">Whether the kernel has open files registered.</param>
/// <param name="PlainReason">Why registration was refused, if it was; then operations are plain ones.</param>
public sealed record MethodReport(
    IoMethod Requested,
    IoMethod Effective,
    string Reason,
    bool FixedBuffers = false,
    bool FixedFiles = false,
    string? PlainReason = null);
