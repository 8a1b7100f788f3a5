using Forebay.Telemetry;

namespace Forebay.Diagnostics;

/// <summary>
/// What was done to one kind of object in one context, as in PostgreSQL's view <c>pg_stat_io</c>. Counted when it is
/// issued; time and latencies when its issuer has learned that it is over. Since the instance was opened, sessions that
/// are closed included.
/// </summary>
/// <param name="Object">To what.</param>
/// <param name="Context">In which context.</param>
/// <param name="Operation">What.</param>
/// <param name="Operations">How often.</param>
/// <param name="Bytes">Bytes asked for; zero where nothing is transferred.</param>
/// <param name="Time">Time from the submission to the result, over all; zero for what is not timed.</param>
/// <param name="Latencies">
/// The same by powers of two, from those below about a microsecond (1,024 ns) on; empty for what is not timed.
/// </param>
public sealed record IoStatistics(
    IoObject Object,
    IoContext Context,
    CountedOperation Operation,
    long Operations,
    long Bytes,
    TimeSpan Time,
    IReadOnlyList<LatencyBucket> Latencies);
