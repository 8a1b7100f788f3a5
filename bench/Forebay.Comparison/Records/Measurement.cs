namespace Forebay.Comparison.Records;

/// <summary>One run of one contender.</summary>
/// <param name="Pages">Units of work done: pages of 8 KiB; zero where the figures are all there is.</param>
/// <param name="Seconds">Wall time.</param>
/// <param name="CpuSeconds">User and system time of all processes and threads that worked.</param>
/// <param name="AllocatedBytes">Managed allocation of all threads during the run; null for other programs.</param>
/// <param name="Figures">What else was measured, by name.</param>
/// <param name="Curve">Something over time, as pairs of milliseconds and value.</param>
internal sealed record Measurement(
    long Pages,
    double Seconds,
    double CpuSeconds,
    long? AllocatedBytes = null,
    IReadOnlyDictionary<string, double>? Figures = null,
    IReadOnlyList<IReadOnlyList<double>>? Curve = null)
{
    public double PagesPerSecond => Pages / Seconds;

    public double CpuMicrosecondsPerPage => CpuSeconds * 1e6 / Pages;

    public double Figure(string name) =>
        Figures is not null && Figures.TryGetValue(name, out double value) ? value : double.NaN;
}
