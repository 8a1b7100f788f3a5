using System.Runtime.InteropServices;
using Forebay.Memory;

namespace Forebay.Methods.Worker;

/// <summary>
/// The state that submitters, workers and supervisors share. Everything but the lock itself is read and written by its
/// holder only; the statistics read it without, as a hint. Sets of workers are words with one bit per worker id.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 128)]
internal struct WorkerQueueControl
{
    /// <summary>Held for a few stores at a time, never across a system call.</summary>
    public FutexLock Lock;

    /// <summary>Operations taken so far; wraps. The ring place is its low bits.</summary>
    public uint Head;

    /// <summary>Operations put so far; wraps. Depth = Tail − Head.</summary>
    public uint Tail;

    /// <summary>Ids in use, from before the thread starts until the worker has left.</summary>
    public uint Reserved;

    /// <summary>Workers whose thread runs its loop. While the ring holds anything, this is not zero.</summary>
    public uint Running;

    /// <summary>Workers that leave when they have finished what they do; the last one empties the ring first.</summary>
    public uint Leaving;

    /// <summary>Workers that sleep, or are about to, and that nobody has picked to be woken.</summary>
    public uint Idle;

    /// <summary>The settings of all processes together; at this size nobody asks for more.</summary>
    public int MaxWorkers;

    /// <summary>Nonzero once the ring is deeper than there are workers, until a worker finds it empty.</summary>
    public int GrowWanted;

    /// <summary>Nonzero while a supervisor knows, or will look by itself: then nobody needs to signal it.</summary>
    public int GrowSignalled;

    /// <summary>How often a worker found the ring empty.</summary>
    public long RanDry;

    /// <summary>Workers that an exception ended.</summary>
    public long Died;

    /// <summary>Workers started, whether they still run or not.</summary>
    public long Started;
}
