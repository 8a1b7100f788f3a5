using Forebay.Interop;
using Forebay.Interop.IoUring;
using Forebay.Memory;
using Forebay.Processes;

namespace Forebay.Methods.IoUring;

/// <summary>
/// Brings the rings up, with what the kernel grants of the options, and takes them down. Only rings themselves are
/// indispensable: each registration that is refused leaves a sentence for the views, and transfers go without it.
/// </summary>
internal sealed class IoUringSetup : IDisposable
{
    // Below this a ring that the kernel has no memory for is not tried any smaller.
    private const int EntriesMin = 8;

    // As few registered files are still worth a table.
    private const int FileSlotsMin = 16;

    private const string SwitchedOff = "Switched off by the options.";

    private readonly SharedSegment _memory;
    private readonly SegmentArray<RingRecord> _records;
    private readonly List<Ring> _made = [];
    private RingLock? _lock;

    private IoUringSetup(
        MethodServices services, IoUringOptions options, SharedSegment segment, IoUringLayout layout,
        ReadOnlySpan<ushort> arenas, RingProbe probe, EventDescriptor eventDescriptor)
    {
        Event = eventDescriptor;
        int budget = options.DeviceBudget > 0 ? options.DeviceBudget : DeviceTags.Budget(options.Device);
        Device = new DeviceQueue(segment.Array(layout.Device), services.Handles, budget, services.Processes);
        Device.Clear();
        SegmentLayout own = new();
        SegmentRegion<RingRecord> region = own.Reserve<RingRecord>(RingsOf(options));
        _memory = new SharedSegment(own, hugePages: false);
        _records = _memory.Array(region);

        Buffers = ChooseBuffers(services, options, arenas, probe);
        bool files = options.RegisterFiles && probe.RegistersFiles;
        WhyNoFixedFiles = files ? null : Why(options.RegisterFiles, probe.FileTableRegistration);
        Files = new FixedFiles(RingsOf(options), files ? options.FileSlots : 0, options.UsesBeforeRegistering);
    }

    /// <summary>The rings.</summary>
    public PooledRing[] Rings { get; private set; } = [];

    /// <summary>Budget and overflow queue.</summary>
    public DeviceQueue Device { get; }

    /// <summary>Rings that have something to offer again.</summary>
    public PendingRings Pending { get; } = new();

    /// <summary>What all rings signal while somebody awaits.</summary>
    public EventDescriptor Event { get; }

    /// <summary>Writes requests.</summary>
    public RequestWriter Writer { get; private set; } = null!;

    /// <summary>Registered memory.</summary>
    public FixedBuffers Buffers { get; private set; }

    /// <summary>Registered files.</summary>
    public FixedFiles Files { get; private set; }

    /// <summary>Why memory is not registered; null if it is.</summary>
    public string? WhyNoFixedBuffers { get; private set; }

    /// <summary>Why scattered transfers do not use registered memory; null if they do.</summary>
    public string? WhyNoFixedScatter { get; private set; }

    /// <summary>Why files are not registered; null if they are.</summary>
    public string? WhyNoFixedFiles { get; private set; }

    /// <summary>Why there are fewer rings than asked for; null if there are not.</summary>
    public string? WhyFewerRings { get; private set; }

    /// <summary>Tries it. Null: not one ring can be had, and <paramref name="refusal"/> says why.</summary>
    public static IoUringSetup? TryRun(
        MethodServices services, IoUringOptions options, SharedSegment segment, IoUringLayout layout,
        ReadOnlySpan<ushort> arenas, IRingKernel kernel, out RingRefusal? refusal)
    {
        options.Validate();
        RingEvidence evidence = RingEvidence.Collect();
        RingProbe probe = RingProbe.Run(kernel, evidence);
        refusal = probe.Refusal;
        if (refusal is not null)
            return null;
        EventDescriptor? eventDescriptor = EventDescriptor.TryCreate();
        if (eventDescriptor is null)
        {
            refusal = RingRefusal.Classify(Errno.TooManyFiles, evidence);
            return null;
        }

        IoUringSetup setup = new(services, options, segment, layout, arenas, probe, eventDescriptor);
        try
        {
            refusal = setup.MakeRings(services, options, kernel, evidence) ?? setup.Register(services, options, probe);
            if (refusal is null)
                return setup;
        }
        catch
        {
            setup.Dispose();
            throw;
        }

        setup.Dispose();
        return null;
    }

    /// <summary>Closes everything. Nothing is in flight.</summary>
    public void Dispose()
    {
        foreach (PooledRing? ring in Rings)
            ring?.Dispose(); // a set-up that was refused half-way has not made all of them
        foreach (Ring ring in _made)
            ring.Dispose(); // those that never became part of the pool; the others are closed already
        _lock?.Dispose();
        Event.Dispose();
        _memory.Dispose();
    }

    private static int RingsOf(IoUringOptions options) =>
        options.Rings > 0 ? options.Rings : Math.Min(Environment.ProcessorCount, IoUringOptions.RingsMax);

    private static string Why(bool wanted, int result) =>
        wanted ? $"The kernel refuses it: {ErrnoTable.Describe((Errno)(-result))}." : SwitchedOff;

    private FixedBuffers ChooseBuffers(
        MethodServices services, IoUringOptions options, ReadOnlySpan<ushort> arenas, RingProbe probe)
    {
        if (!options.RegisterBuffers || !probe.RegistersBuffers)
        {
            WhyNoFixedScatter = WhyNoFixedBuffers = Why(options.RegisterBuffers, probe.BufferRegistration);
            return new FixedBuffers();
        }

        FixedBuffers buffers = new(services.Arenas, arenas, options.SlabBytesMax);
        if (buffers.Slabs.Length is > 0 and <= FixedBuffers.SlabsMax)
        {
            WhyNoFixedScatter = probe.TransfersVectorsFixed
                ? null
                : "The kernel has no scattered transfer with registered memory (Linux 6.15).";
            return buffers;
        }

        WhyNoFixedScatter = WhyNoFixedBuffers = buffers.Slabs.IsEmpty
            ? "There is no memory to register."
            : $"The memory needs {buffers.Slabs.Length} slabs; the kernel takes {FixedBuffers.SlabsMax}.";
        return new FixedBuffers();
    }

    // The first ring is indispensable. Fewer than asked for are better than none, and the view tells.
    private RingRefusal? MakeRings(
        MethodServices services, IoUringOptions options, IRingKernel kernel, RingEvidence evidence)
    {
        int wanted = RingsOf(options);
        int entries = options.RingEntries;
        while (_made.Count < wanted)
        {
            RingOptions one = new()
            {
                Entries = entries,
                InFlightMax = options.CompletionEntries > 0 ? options.CompletionEntries : Device.Budget,
                VectorsPerEntry = services.Handles.CombineMax,
                Threading = RingThreading.Shared,
            };
            if (Ring.TryCreate(kernel, one, evidence, out Ring? ring, out RingRefusal? refusal))
            {
                _made.Add(ring);
                continue;
            }

            if (refusal.Errno == Errno.NoMemory && entries > EntriesMin)
            {
                entries = Math.Max(EntriesMin, entries / 2); // locked memory is short: smaller rings may still fit
                continue;
            }

            if (_made.Count == 0)
                return refusal;
            WhyFewerRings = $"{_made.Count} of {wanted}: {refusal}";
            break;
        }

        return null;
    }

    private RingRefusal? Register(MethodServices services, IoUringOptions options, RingProbe probe)
    {
        RegisterBuffers(probe);
        RegisterFiles(options);
        if (options.TakeLock is not null && LockRings(options.TakeLock) is < 0 and int refused)
            return RingRefusal.NoLock((Errno)(-refused));
        Writer = new RequestWriter(services, Buffers, WhyNoFixedScatter is null, Files);
        Rings = new PooledRing[_made.Count];
        int workers = options.KernelWorkers > 0 ? options.KernelWorkers : 2 * Environment.ProcessorCount;
        for (int i = 0; i < Rings.Length; i++)
        {
            _ = _made[i].LimitWorkers(workers, 0); // where the kernel cannot be told, its own limit stays
            Rings[i] = new PooledRing(i, _made[i], _records, Writer, Pending);
            int result = Rings[i].RegisterNotifications(Event.Number);
            if (result < 0)
                return RingRefusal.Classify((Errno)(-result), probe.Evidence);
        }

        Files.Attach(Rings);
        return null;
    }

    // All rings or none: a slab's number must mean the same everywhere. Where the kernel can clone, the memory is
    // pinned and charged once.
    private void RegisterBuffers(RingProbe probe)
    {
        if (Buffers.Slabs.IsEmpty)
            return;
        int result = _made[0].RegisterBuffers(Buffers.Slabs);
        int done = result < 0 ? 0 : 1;
        while (result >= 0 && done < _made.Count)
        {
            result = probe.ClonesBuffers
                ? _made[done].CloneBuffers(_made[0])
                : _made[done].RegisterBuffers(Buffers.Slabs);
            done += result < 0 ? 0 : 1;
        }

        if (result >= 0)
            return;
        for (int i = 0; i < done; i++)
            _ = _made[i].UnregisterBuffers();
        Buffers = new FixedBuffers();
        WhyNoFixedScatter = WhyNoFixedBuffers = Why(wanted: true, result);
    }

    private void RegisterFiles(IoUringOptions options)
    {
        int slots = Files.Slots;
        int result = 0;
        int own = options.TakeLock is null ? 0 : 1;
        while (slots > 0 && (result = RegisterFileTables(slots + own)) < 0)
        {
            // The table counts against the process's limit on open files.
            bool fewer = result == -(int)Errno.TooManyFiles && slots > FileSlotsMin;
            slots = fewer ? Math.Max(FileSlotsMin, slots / 2) : 0;
        }

        Files = new FixedFiles(_made.Count, slots, options.UsesBeforeRegistering);
        if (result < 0 && slots == 0)
            WhyNoFixedFiles = Why(wanted: true, result);
    }

    // In a slot of its own behind all others, or alone where no other file is registered.
    private int LockRings(Func<RingLock> take)
    {
        int result = Files.Slots > 0 ? 0 : RegisterFileTables(1);
        if (result < 0)
            return result;
        _lock = take();
        foreach (Ring ring in _made)
        {
            result = ring.UpdateFile(Files.Slots, _lock.Descriptor);
            if (result < 0)
                return result;
        }

        _lock.HandOver();
        return 0;
    }

    // All rings or none: a slot is decided about once.
    private int RegisterFileTables(int slots)
    {
        for (int done = 0; done < _made.Count; done++)
        {
            int result = _made[done].RegisterFileTable(slots);
            if (result >= 0)
                continue;
            while (done-- > 0)
                _ = _made[done].UnregisterFileTable();
            return result;
        }

        return 0;
    }
}
