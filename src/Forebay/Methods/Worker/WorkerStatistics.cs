namespace Forebay.Methods.Worker;

/// <summary>What the views show of the method <c>worker</c>. Counts only rise.</summary>
public readonly record struct WorkerStatistics
{
    /// <summary>Workers that run.</summary>
    public int Workers { get; init; }

    /// <summary>Those that sleep.</summary>
    public int IdleWorkers { get; init; }

    /// <summary>Operations that wait for a worker.</summary>
    public int QueueDepth { get; init; }

    /// <summary>Workers started since the instance was opened.</summary>
    public long Started { get; init; }

    /// <summary>Workers that an exception ended.</summary>
    public long Died { get; init; }

    /// <summary>Operations executed by workers.</summary>
    public long ExecutedByWorkers { get; init; }

    /// <summary>Operations that their submitter executed since the queue's lock was taken.</summary>
    public long ExecutedContended { get; init; }

    /// <summary>Operations that their submitter executed since the queue was full.</summary>
    public long ExecutedFull { get; init; }

    /// <summary>Operations that their submitter executed since no worker was running.</summary>
    public long ExecutedNoWorker { get; init; }

    /// <summary>Wake-ups of workers.</summary>
    public long WakeUps { get; init; }

    /// <summary>Wake-ups that found nothing to do.</summary>
    public long SpuriousWakeUps { get; init; }

    /// <summary>Operations that an exception ended; each was completed with an error.</summary>
    public long Failed { get; init; }

    /// <summary>Launches that the system refused.</summary>
    public long LaunchFailures { get; init; }

    /// <summary>The last exception that ended an operation or refused a launch in this process, or null.</summary>
    public string? LastError { get; init; }
}
