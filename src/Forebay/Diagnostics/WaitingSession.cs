using Forebay.Telemetry;

namespace Forebay.Diagnostics;

/// <summary>A session that waits.</summary>
public sealed record WaitingSession
{
    /// <summary>Its slot.</summary>
    public required int Session { get; init; }

    /// <summary>Its process.</summary>
    public required int Process { get; init; }

    /// <summary>The system's number of the thread that last acquired a handle in it; 0 = none yet.</summary>
    public required int Thread { get; init; }

    /// <summary>What it waits for.</summary>
    public required WaitKind Kind { get; init; }

    /// <summary>The I/O handle, if it waits for one to come to its end.</summary>
    public int? Handle { get; init; }

    /// <summary>The use of that handle, its low 24 bits.</summary>
    public long? Generation { get; init; }

    /// <summary>The frame, if it waits at a page.</summary>
    public int? Frame { get; init; }

    /// <summary>Since when.</summary>
    public required TimeSpan Age { get; init; }
}
