using Forebay.Buffers;
using Forebay.Engine;
using Forebay.Memory;
using Forebay.Methods.IoUring;
using Forebay.Methods.Worker;
using Forebay.Processes;
using Forebay.Storage;

namespace Forebay;

/// <summary>What an instance of given settings keeps in its segment, in the order that is part of the format.</summary>
internal sealed class InstanceLayout
{
    /// <summary>Lays the segment out.</summary>
    public InstanceLayout(ForebayOptions options)
    {
        Header = Segment.Reserve<SegmentHeader>(1); // first: whoever opens a file begins there
        Processes = Segment.Reserve<ProcessRecord>(ProcessTable.ProcessesMax);
        Engine = new IoEngineLayout(Segment,
            new IoEngineSettings(options.MaxSessions, options.ResolvedConcurrency, options.IoCombineLimit));
        WorkerQueue = new WorkerQueueLayout(Segment);
        Rings = new IoUringLayout(Segment);
        LedgerLength = Math.Min(PinLedger.CapacityMax, options.Frames);
        Ledgers = Segment.Reserve<long>(checked(LedgerLength * options.MaxSessions));
        Relations = new SharedRelationsLayout(Segment);
        Claims = Segment.Reserve<long>(checked(FrameClaims.Length * options.MaxSessions));
        TakeoverGate = Segment.Reserve<PaddedFutexLock>(1);
        PinSharers = Segment.Reserve<long>(PinShares.LengthFor(ProcessTable.ProcessesMax));
        Pool = new BufferPoolLayout(Segment, options.Frames, options.BlockBytes);
        Storage = new StorageOptions
        {
            BlockBytes = options.BlockBytes,
            SegmentBlocks = options.SegmentBlocks,
            OpenFilesMax = options.MaxOpenFiles,
            TablespaceVersion = options.TablespaceVersionDirectory,
            ReadOnly = options.ReadOnly,
            FileMode = options.IoMode switch
            {
                IoMode.Buffered => StorageFileMode.Buffered,
                IoMode.Direct => StorageFileMode.Direct,
                IoMode.Uncached => StorageFileMode.Uncached,
                _ => throw new ArgumentOutOfRangeException(nameof(options), options.IoMode, null),
            },
        };
    }

    /// <summary>The segment.</summary>
    public SegmentLayout Segment { get; } = new();

    /// <summary>What everybody agrees on.</summary>
    public SegmentRegion<SegmentHeader> Header { get; }

    /// <summary>Who is attached.</summary>
    public SegmentRegion<ProcessRecord> Processes { get; }

    /// <summary>Handles and session slots.</summary>
    public IoEngineLayout Engine { get; }

    /// <summary>The workers' queue.</summary>
    public WorkerQueueLayout WorkerQueue { get; }

    /// <summary>What io_uring shares.</summary>
    public IoUringLayout Rings { get; }

    /// <summary>Entries of one session's pin ledger.</summary>
    public int LedgerLength { get; }

    /// <summary>Pin ledgers of all session slots.</summary>
    public SegmentRegion<long> Ledgers { get; }

    /// <summary>What processes tell each other of relations.</summary>
    public SharedRelationsLayout Relations { get; }

    /// <summary>Frame claims of all session slots.</summary>
    public SegmentRegion<long> Claims { get; }

    /// <summary>Held by the one who takes over from dead processes.</summary>
    public SegmentRegion<PaddedFutexLock> TakeoverGate { get; }

    /// <summary>Sessions that share the pool, over all processes.</summary>
    public SegmentRegion<long> PinSharers { get; }

    /// <summary>The buffer pool.</summary>
    public BufferPoolLayout Pool { get; }

    /// <summary>Settings of the storage manager.</summary>
    public StorageOptions Storage { get; }
}
