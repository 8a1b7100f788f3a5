using Forebay.Interop.IoUring;
using Forebay.Processes;

namespace Forebay.Methods.IoUring;

/// <summary>How the method io_uring is to run. Every default is right for a machine that does nothing else.</summary>
internal sealed record IoUringOptions
{
    /// <summary>Most rings of one process: a scan over all of them must stay cheap.</summary>
    public const int RingsMax = 256;

    /// <summary>Largest budget: the kernel's own limit for a completion queue.</summary>
    public const int DeviceBudgetMax = RingOptions.InFlightLimit / 2;

    /// <summary>Rings in the pool; zero = one per core.</summary>
    public int Rings { get; init; }

    /// <summary>
    /// Entries of a ring's submission queue. A whole batch fits where it is at least the batch limit.
    /// </summary>
    public int RingEntries { get; init; } = 64;

    /// <summary>
    /// Requests that may be in flight at the device at a time, over all rings; zero = 7/8 of the tags that
    /// <see cref="Device"/> reports, or 112. Beyond its tags a device would block the submitter inside the kernel.
    /// </summary>
    public int DeviceBudget { get; init; }

    /// <summary>The block device under the data, or null if unknown.</summary>
    public BlockDevice? Device { get; init; }

    /// <summary>
    /// Room for completions in each ring; zero = the budget, which never overflows. Less works: the kernel keeps what
    /// does not fit, at a price.
    /// </summary>
    public int CompletionEntries { get; init; }

    /// <summary>Register the given arenas' memory, so that the kernel need not pin pages for each transfer.</summary>
    public bool RegisterBuffers { get; init; } = true;

    /// <summary>
    /// Largest piece of memory that is registered as one buffer, in bytes; a transfer inside one piece can use it.
    /// </summary>
    public long SlabBytesMax { get; init; } = FixedBuffers.SlabBytesMax;

    /// <summary>Register open files under the slots of the file table.</summary>
    public bool RegisterFiles { get; init; } = true;

    /// <summary>
    /// Slots of the table of registered files, fewer where the process may not have so many open; files in later slots
    /// are named by their descriptor.
    /// </summary>
    public int FileSlots { get; init; } = 4096;

    /// <summary>
    /// Operations on one file in one ring before it is registered there: what is read once is not worth two calls.
    /// </summary>
    public int UsesBeforeRegistering { get; init; } = 16;

    /// <summary>
    /// Most threads that the kernel keeps, per submitting thread, for buffered reads that are handed to it; zero =
    /// twice the cores.
    /// </summary>
    public int KernelWorkers { get; init; }

    /// <summary>
    /// Makes what the rings hold locked, so that other processes can tell when they are gone; null = there are no
    /// others.
    /// </summary>
    public Func<RingLock>? TakeLock { get; init; }

    /// <summary>Refuses what cannot work.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Rings);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Rings, RingsMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(RingEntries, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(RingEntries, RingOptions.EntriesMax);
        ArgumentOutOfRangeException.ThrowIfNegative(DeviceBudget);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(DeviceBudget, DeviceBudgetMax);
        ArgumentOutOfRangeException.ThrowIfNegative(CompletionEntries);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(CompletionEntries, RingOptions.InFlightLimit);
        ArgumentOutOfRangeException.ThrowIfLessThan(SlabBytesMax, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(SlabBytesMax, FixedBuffers.SlabBytesMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(FileSlots, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(FileSlots, FixedFiles.SlotsMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(UsesBeforeRegistering, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(UsesBeforeRegistering, FixedFiles.UsesMax);
        ArgumentOutOfRangeException.ThrowIfNegative(KernelWorkers);
    }
}
