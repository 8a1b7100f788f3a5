namespace Forebay.Methods.Worker;

/// <summary>The pool of workers at one instant: what the scaling decides on.</summary>
internal readonly record struct WorkerPoolReading
{
    /// <summary>Ids in use, workers that are leaving included; one bit each.</summary>
    public uint Reserved { get; init; }

    /// <summary>Workers that stay, those included whose thread is just starting.</summary>
    public int Workers { get; init; }

    /// <summary>The highest id of those; −1 = none.</summary>
    public int Highest { get; init; }

    /// <summary>Whether that one sleeps.</summary>
    public bool HighestIsIdle { get; init; }

    /// <summary>Since when, if it does.</summary>
    public long HighestIdleSince { get; init; }

    /// <summary>The queue got deeper than there are workers and has not run dry since.</summary>
    public bool GrowWanted { get; init; }

    /// <summary>How often the queue ran dry.</summary>
    public long RanDry { get; init; }

    /// <summary>Workers that an exception ended, ever.</summary>
    public long Died { get; init; }

    /// <summary>Operations completed, ever.</summary>
    public long Completed { get; init; }
}
