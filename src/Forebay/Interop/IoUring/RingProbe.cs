using Forebay.Primitives;

namespace Forebay.Interop.IoUring;

/// <summary>
/// What this kernel permits this process (and this thread: filters belong to threads), found by trying it on small
/// rings that are gone afterwards. Version numbers are never looked at: distributions backport and sandboxes take away.
/// </summary>
// SAFETY: the one page that is registered is ours, and unregistered before it is unmapped.
internal sealed unsafe class RingProbe
{
    private OperationProbe _operations;

    private RingProbe(RingEvidence evidence) => Evidence = evidence;

    /// <summary>Why io_uring cannot be used, or null where it can. Everything below then says "no".</summary>
    public RingRefusal? Refusal { get; private init; }

    /// <summary>Limits and policies as the system reports them.</summary>
    public RingEvidence Evidence { get; }

    public RingFeatures Features { get; private init; }

    /// <summary>
    /// The setup flags that the kernel grants to a ring for all threads, and to one for its owner alone.
    /// </summary>
    public RingSetupFlags SharedFlags { get; private init; }

    public RingSetupFlags OwnedFlags { get; private set; }

    /// <summary>
    /// Zero, or the negated errno, of registering one page of memory, taking it over into a second ring, and
    /// registering a table of empty file slots.
    /// </summary>
    public int BufferRegistration { get; private set; }

    public int BufferCloning { get; private set; }

    public int FileTableRegistration { get; private set; }

    public bool IsUsable => Refusal is null;

    public bool RegistersBuffers => IsUsable && BufferRegistration == 0;

    public bool ClonesBuffers => IsUsable && BufferCloning == 0;

    public bool RegistersFiles => IsUsable && FileTableRegistration == 0;

    /// <summary>Scatter and gather with registered buffers.</summary>
    public bool TransfersVectorsFixed =>
        RegistersBuffers && Supports(RingOperation.ReadVectorFixed) && Supports(RingOperation.WriteVectorFixed);

    /// <summary>Short names of what was found, for views and `forebay methods`.</summary>
    public IReadOnlyList<string> FeatureNames
    {
        get
        {
            List<string> names = [];
            AddIf(names, RegistersBuffers, "fixed_buffers");
            AddIf(names, TransfersVectorsFixed, "fixed_scatter");
            AddIf(names, ClonesBuffers, "fixed_buffer_cloning");
            AddIf(names, RegistersFiles, "fixed_files");
            AddIf(names, (SharedFlags & RingSetupFlags.SubmitAll) != 0, "submit_all");
            AddIf(names, (SharedFlags & RingSetupFlags.NoIndexArray) != 0, "no_index_array");
            AddIf(names, (OwnedFlags & RingSetupFlags.DeferTaskRun) != 0, "deferred_completion");
            AddIf(names, (Features & RingFeatures.MinimumTimeout) != 0, "minimum_wait");
            return names;
        }
    }

    /// <summary>Whether the kernel knows an operation. Always no where io_uring cannot be used.</summary>
    public bool Supports(RingOperation operation) =>
        (byte)operation < _operations.OperationCount
        && (_operations.Operations[(byte)operation].Flags & OperationProbe.Supported) != 0;

    public static RingProbe Run() => Run(RingKernel.Instance, RingEvidence.Collect());

    public static RingProbe Run(IRingKernel kernel, RingEvidence evidence)
    {
        RingOptions shared = new() { Entries = 4, InFlightMax = 4, VectorsPerEntry = 0 };
        if (!Ring.TryCreate(kernel, shared, evidence, out Ring? ring, out RingRefusal? refusal))
            return new RingProbe(evidence) { Refusal = refusal };
        using (ring)
        {
            RingProbe probe = new(evidence) { Features = ring.Features, SharedFlags = ring.SetupFlags };
            probe.TryRegistrations(kernel, ring, shared);
            RingOptions owned = shared with { Threading = RingThreading.Owned };
            if (Ring.TryCreate(kernel, owned, evidence, out Ring? ownedRing, out _))
            {
                probe.OwnedFlags = ownedRing.SetupFlags;
                ownedRing.Dispose();
            }

            return probe;
        }
    }

    private void TryRegistrations(IRingKernel kernel, Ring ring, RingOptions options)
    {
        if (ring.Probe(out _operations) < 0)
            _operations = default;
        FileTableRegistration = ring.RegisterFileTable(1);

        nuint page = (nuint)Environment.SystemPageSize;
        BufferRegistration = RingMapping.Allocate(page, out RingMapping? memory);
        BufferCloning = BufferRegistration;
        if (memory is null)
            return;
        using (memory)
        {
            // SAFETY: the page is ours and outlives its registration, which is undone before it is unmapped.
            BufferRegistration = ring.RegisterBuffers([new IoVector((nint)memory.Start, page)]);
            BufferCloning = BufferRegistration;
            if (BufferRegistration < 0)
                return;
            BufferCloning = Ring.TryCreate(kernel, options, Evidence, out Ring? second, out RingRefusal? refusal)
                ? second.CloneBuffers(ring)
                : -(int)refusal.Errno;
            second?.Dispose();
            int undone = ring.UnregisterBuffers();
            Invariant.Check(undone == 0, "I-94: a registration that was granted can be undone", undone, 0);
        }
    }

    private static void AddIf(List<string> names, bool holds, string name)
    {
        if (holds)
            names.Add(name);
    }
}
