namespace Forebay.Telemetry;

/// <summary>What sessions count besides I/O, for the shared pool and for temporary pages apart.</summary>
internal enum PoolEvent
{
    /// <summary>Pages whose read somebody else had started.</summary>
    Joined = 0,

    /// <summary>Times that a read had to be waited for.</summary>
    Wait = 1,

    /// <summary>Operations issued to find out which page of a failed run cannot be read.</summary>
    Bisection = 2,

    /// <summary>Writes started while looking ahead that have failed.</summary>
    WriteBackFailure = 3,
}
