using System.Runtime.InteropServices;

namespace Forebay.Methods.Worker;

/// <summary>What is counted without the queue's lock, on lines of its own; rare events all of them.</summary>
[StructLayout(LayoutKind.Sequential, Size = 128)]
internal struct WorkerQueueCounters
{
    /// <summary>Futex word: incremented to make a supervisor look at the pool.</summary>
    public int SupervisorSignal;

    /// <summary>The value of <see cref="SupervisorSignal"/> that a supervisor sleeps on, plus one.</summary>
    public int SupervisorSleepsOn;

    /// <summary>Operations that their submitter executed since the lock was taken.</summary>
    public long InPlaceContended;

    /// <summary>Operations that their submitter executed since the ring was full.</summary>
    public long InPlaceFull;

    /// <summary>Operations that their submitter executed since no worker was running.</summary>
    public long InPlaceNoWorker;

    /// <summary>Operations that an exception ended; each was completed with an error.</summary>
    public long Failed;

    /// <summary>Launches that the system refused.</summary>
    public long LaunchFailures;
}
