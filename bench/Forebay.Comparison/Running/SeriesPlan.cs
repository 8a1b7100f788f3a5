namespace Forebay.Comparison.Running;

/// <summary>A series before anything for it exists.</summary>
/// <param name="Slug">Its short name.</param>
/// <param name="Make">Makes it, and whatever it needs.</param>
/// <param name="Rounds">Rounds, where not as the command line says.</param>
/// <param name="Seconds">Length of a run, where not as the command line says.</param>
internal sealed record SeriesPlan(
    string Slug, Func<Workplace, Series> Make, int? Rounds = null, double? Seconds = null);
