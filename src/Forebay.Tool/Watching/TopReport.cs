namespace Forebay.Tool.Watching;

/// <summary>What <c>forebay top --json</c> prints at each refresh: one object, on one line.</summary>
/// <param name="Refresh">Number of the refresh, from 1.</param>
/// <param name="Seconds">Since the one before; the rates are over this time. Zero at the first.</param>
/// <param name="Processes">Processes that are attached.</param>
/// <param name="Rates">What was done meanwhile; what was not done is left out.</param>
/// <param name="Waits">Sessions that wait.</param>
/// <param name="Buffers">The pool.</param>
/// <param name="InFlight">Handles in use, in the order that was asked for.</param>
internal sealed record TopReport(
    int Refresh,
    double Seconds,
    int Processes,
    IReadOnlyList<TopReport.Rate> Rates,
    IReadOnlyList<TopReport.Wait> Waits,
    BuffersReport.Sums Buffers,
    IReadOnlyList<InFlightReport.IoEntry> InFlight)
{
    /// <summary>One object, context and operation.</summary>
    internal sealed record Rate(string Object, string Context, string Operation, double OperationsPerS, double MibPerS,
        double MeanUs);

    /// <summary>One session.</summary>
    internal sealed record Wait(int Pid, int Session, string For, int? IoId, int? Frame, long AgeUs);
}
