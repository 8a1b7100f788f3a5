using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Forebay.Primitives;

namespace Forebay.Interop.IoUring;

/// <summary>
/// One io_uring: two queues in memory shared with the kernel, and the calls that make it look at them. It knows nothing
/// of handles, budgets or retries; whoever uses it decides those.
///
///     submitter:  TryGetEntry, Prepare…, Submit ──▶ [ submission queue ] ──▶ kernel
///     completer:  Drain, TryTakeCompletion    ◀── [ completion queue ] ◀── kernel
///
/// Two roles, each held by one thread at a time (hand a role on under a lock); the two may run at the same moment:
///   submitter   TryGetEntry, the entries it returns, PendingCount, Submit, SubmitAndWait
///   completer   TryTakeCompletion, Drain
/// No role needed, any thread, also several at once: HasCompletions, Wait, the eventfd toggles, the Register… family.
/// With RingThreading.Owned everything that enters the kernel is for the owner alone; others get -EEXIST.
///
/// Results are values: zero or more, or the negated errno. Nothing here throws or allocates after construction.
/// Dispose when no role is held, nobody waits and every request has completed: memory that requests point to belongs to
/// the kernel until their completions have been drained, and a ring that is gone cannot tell when that is.
/// </summary>
// SAFETY: the pointers are into mappings that this object owns until Dispose. Who writes what: the kernel the
// submission head and flags, the completion tail and entries; the submitter the rest of the submission queue; the
// completer the completion head. Nobody else knows the addresses.
internal sealed unsafe partial class Ring : IDisposable
{
    private const long SubmissionQueueOffset = 0;
    private const long EntriesOffset = 0x10000000;

    private readonly IRingKernel _kernel;
    private readonly RingDescriptor _descriptor;
    private readonly RingMapping _queues;
    private readonly RingMapping _entryMemory;
    private readonly RingMapping? _vectorMemory;
    private readonly int _vectorsPerEntry;
    private readonly uint _submissionMask;
    private readonly uint _submissionCapacity;
    private readonly uint _completionMask;

    // Pointers into the mappings; Dispose clears them, so that a late caller faults and does not write elsewhere.
    private SubmissionQueueEntry* _entries;
    private IoVector* _vectors;
    private uint* _submissionHead;
    private uint* _submissionTail;
    private uint* _submissionFlags;
    private Completion* _completions;
    private uint* _completionHead;
    private uint* _completionTail;
    private uint* _completionFlags;
    private uint* _completionsDropped;

    // How io_uring_enter names the ring: its descriptor, or its registered index together with the flag.
    private int _enterNumber;
    private RingEnterFlags _enterFlags;
    private int _registeringThread;
    private int _disposed;

    // The submitter's own tail: entries handed out, published to the kernel by Submit.
    private PaddedTail _tail;

    private Ring(
        IRingKernel kernel, RingOptions options, in RingParameters parameters, RingDescriptor descriptor,
        RingMapping queues, RingMapping entryMemory, RingMapping? vectorMemory)
    {
        _kernel = kernel;
        _descriptor = descriptor;
        _queues = queues;
        _entryMemory = entryMemory;
        _vectorMemory = vectorMemory;
        _vectorsPerEntry = options.VectorsPerEntry;
        _enterNumber = descriptor.Number;
        Threading = options.Threading;
        SetupFlags = parameters.Flags;
        Features = parameters.Features;

        // SAFETY: the offsets come from the kernel that made the mapping, which reaches as far as MappingLength says;
        // the mappings live until Dispose. The kernel writes the heads, tails and flags that are its own.
        byte* start = queues.Start;
        _submissionHead = (uint*)(start + parameters.SubmissionQueue.Head);
        _submissionTail = (uint*)(start + parameters.SubmissionQueue.Tail);
        _submissionFlags = (uint*)(start + parameters.SubmissionQueue.Flags);
        _submissionMask = *(uint*)(start + parameters.SubmissionQueue.RingMask);
        _submissionCapacity = *(uint*)(start + parameters.SubmissionQueue.RingEntries);
        _completionHead = (uint*)(start + parameters.CompletionQueue.Head);
        _completionTail = (uint*)(start + parameters.CompletionQueue.Tail);
        _completionFlags = (uint*)(start + parameters.CompletionQueue.Flags);
        _completionsDropped = (uint*)(start + parameters.CompletionQueue.Overflow);
        _completions = (Completion*)(start + parameters.CompletionQueue.Entries);
        _completionMask = *(uint*)(start + parameters.CompletionQueue.RingMask);
        _entries = (SubmissionQueueEntry*)entryMemory.Start;
        _vectors = vectorMemory is null ? null : (IoVector*)vectorMemory.Start;
        _tail.Value = *_submissionTail;

        // Where the kernel still wants an index per position, position i always means entry i.
        if ((parameters.Flags & RingSetupFlags.NoIndexArray) == 0)
        {
            uint* indexes = (uint*)(start + parameters.SubmissionQueue.Array);
            for (uint i = 0; i < _submissionCapacity; i++)
                indexes[i] = i;
        }

        Invariant.Check(CompletionCapacity >= options.InFlightMax,
            "I-91: the completion queue has room for everything in flight", CompletionCapacity, options.InFlightMax);
    }

    public RingThreading Threading { get; }

    /// <summary>The flags that the kernel granted, and what it reported about itself.</summary>
    public RingSetupFlags SetupFlags { get; }

    public RingFeatures Features { get; }

    /// <summary>Slots of the submission queue.</summary>
    public int SubmissionCapacity => (int)_submissionCapacity;

    /// <summary>Slots of the completion queue. Keep fewer requests in flight than that.</summary>
    public int CompletionCapacity => (int)_completionMask + 1;

    /// <summary>Vectors for which each submission slot has room.</summary>
    public int VectorsPerEntry => _vectorsPerEntry;

    /// <summary>The ring's descriptor, for poll and for other rings; owned by this object.</summary>
    public int Descriptor => _descriptor.Number;

    /// <summary>
    /// Creates a ring with the richest flags that the kernel grants. A refusal says why and how to permit it.
    /// </summary>
    public static bool TryCreate(
        RingOptions options, [NotNullWhen(true)] out Ring? ring, [NotNullWhen(false)] out RingRefusal? refusal) =>
        TryCreate(RingKernel.Instance, options, null, out ring, out refusal);

    /// <summary>
    /// As above, with a kernel of the caller's (the seam through which tests refuse), and with what is known about
    /// the system already, to be collected only after a refusal where it is null.
    /// </summary>
    public static bool TryCreate(
        IRingKernel kernel, RingOptions options, RingEvidence? evidence,
        [NotNullWhen(true)] out Ring? ring, [NotNullWhen(false)] out RingRefusal? refusal)
    {
        options.Validate();
        ring = null;
        int result = RingSetup.Try(kernel, options, out RingParameters parameters);
        if (result < 0)
        {
            refusal = RingRefusal.Classify((Errno)(-result), evidence ?? RingEvidence.Collect());
            return false;
        }

        RingDescriptor descriptor = new(result);
        RingFeatures missing = RingSetup.Required & ~parameters.Features;
        if (missing != 0)
        {
            descriptor.Dispose();
            refusal = RingRefusal.TooOld(missing, evidence ?? RingEvidence.Collect());
            return false;
        }

        result = TryMap(descriptor, options, parameters, out RingMapping? queues, out RingMapping? entries,
            out RingMapping? vectors);
        if (result < 0)
        {
            vectors?.Dispose();
            entries?.Dispose();
            queues?.Dispose();
            descriptor.Dispose();
            refusal = RingRefusal.Classify((Errno)(-result), evidence ?? RingEvidence.Collect());
            return false;
        }

        refusal = null;
        ring = new Ring(kernel, options, parameters, descriptor, queues!, entries!, vectors);
        return true;
    }

    /// <summary>Unmaps and closes. Idempotent.</summary>
    public void Dispose()
    {
        // One caller does the work: the loser of this exchange must not touch what the winner is releasing.
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        if (_registeringThread == Environment.CurrentManagedThreadId)
            _ = UnregisterRingDescriptor();
        _enterNumber = -1;
        _entries = null;
        _vectors = null;
        _completions = null;
        _submissionHead = _submissionTail = _submissionFlags = null;
        _completionHead = _completionTail = _completionFlags = _completionsDropped = null;
        _descriptor.Dispose();
        _queues.Dispose();
        _entryMemory.Dispose();
        _vectorMemory?.Dispose();
    }

    private static int TryMap(
        RingDescriptor descriptor, RingOptions options, in RingParameters parameters,
        out RingMapping? queues, out RingMapping? entries, out RingMapping? vectors)
    {
        entries = null;
        vectors = null;
        int result = RingMapping.Map(
            descriptor.Number, QueuesLength(parameters), SubmissionQueueOffset, out queues);
        if (result < 0)
            return result;
        nuint entryBytes = parameters.SubmissionEntries * (nuint)sizeof(SubmissionQueueEntry);
        result = RingMapping.Map(descriptor.Number, entryBytes, EntriesOffset, out entries);
        if (result < 0 || options.VectorsPerEntry == 0)
            return result;
        nuint vectorBytes = parameters.SubmissionEntries * (nuint)options.VectorsPerEntry * (nuint)sizeof(IoVector);
        return RingMapping.Allocate(vectorBytes, out vectors);
    }

    // Both queues share one mapping; it ends with whichever reaches further.
    private static nuint QueuesLength(in RingParameters parameters)
    {
        nuint submissionEnd = parameters.SubmissionQueue.Array + parameters.SubmissionEntries * (nuint)sizeof(uint);
        nuint completionEnd =
            parameters.CompletionQueue.Entries + parameters.CompletionEntries * (nuint)sizeof(Completion);
        return Math.Max(submissionEnd, completionEnd);
    }

    // Alone on its cache lines: the submitter writes it at every entry, while the completer reads the fields around it.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct PaddedTail
    {
        [FieldOffset(128)] public uint Value;
    }
}
