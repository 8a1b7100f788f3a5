namespace Forebay.Comparison.Running;

/// <summary>What the command line says.</summary>
internal sealed record ComparisonOptions(
    string Data, int Mebibytes, int Rounds, double Seconds, string Output, string[] Only, bool Keep, bool ReportOnly)
{
    /// <summary>Whether a series is wanted: all are, unless some are named.</summary>
    public bool Wants(string slug) => Only.Length == 0 || Only.Contains(slug, StringComparer.Ordinal);
}
