namespace Forebay.Interop.IoUring;

/// <summary>
/// What a ring is to be. Sizes are rounded up to powers of two by the kernel; Ring says what came out.
/// </summary>
internal sealed record RingOptions
{
    public const int EntriesMax = 32768;         // the kernel's own limit
    public const int InFlightLimit = 65536;      // the kernel's own limit for a completion queue
    public const int VectorsLimit = 1024;        // the kernel's own limit for the vectors of one request

    /// <summary>Slots of the submission queue: how many entries may be filled before they must be submitted.</summary>
    public int Entries { get; init; } = 64;

    /// <summary>
    /// Requests that may be in flight at a time; the completion queue gets at least this size, so it never overflows.
    /// </summary>
    public int InFlightMax { get; init; } = 256;

    /// <summary>
    /// Room for this many vectors belongs to each slot; zero for rings that read and write contiguous memory only.
    /// </summary>
    public int VectorsPerEntry { get; init; } = 128;

    public RingThreading Threading { get; init; } = RingThreading.Shared;

    /// <summary>
    /// The ring takes no submission before Ring.Enable. With RingThreading.Owned the thread that enables is the owner.
    /// </summary>
    public bool StartDisabled { get; init; }

    /// <summary>Flags that setup must not even ask for.</summary>
    public RingSetupFlags Without { get; init; }

    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Entries, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Entries, EntriesMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(InFlightMax, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(InFlightMax, InFlightLimit);
        ArgumentOutOfRangeException.ThrowIfNegative(VectorsPerEntry);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(VectorsPerEntry, VectorsLimit);
    }
}
