using System.Globalization;
using Forebay.Comparison.Records;
using Forebay.Comparison.Reporting;

namespace Forebay.Comparison.Running;

/// <summary>Contenders at the same work, the first of them the yardstick.</summary>
/// <param name="Slug">Short name, for files and for --only.</param>
/// <param name="Title">What the work is.</param>
/// <param name="Note">What must be known to read the figures.</param>
/// <param name="Contenders">Who does it.</param>
internal sealed record Series(string Slug, string Title, string Note, IReadOnlyList<Contender> Contenders)
{
    /// <summary>Whether the page cache is emptied before each run.</summary>
    public bool Cold { get; init; }

    /// <summary>
    /// Runs all of them round by round, forwards and backwards in turn, so that drift hits everybody alike.
    /// </summary>
    public SeriesRecord Run(int rounds, double seconds, int seed, Action<string> progress)
    {
        Contender[] present = [.. Contenders.Where(contender => contender.Missing is null)];
        Dictionary<Contender, List<Measurement>> runs = present.ToDictionary(
            contender => contender, _ => new List<Measurement>());
        foreach (Contender contender in present.Where(contender => contender.NeedsWarmUp))
        {
            progress($"{Slug}: warm-up, {contender.Name}");
            _ = contender.Run(new Turn(Math.Min(seconds, 0.3), seed - 1));
        }

        for (int round = 0; round < rounds; round++)
        {
            IEnumerable<Contender> order = round % 2 == 0 ? present : present.Reverse();
            foreach (Contender contender in order)
            {
                progress($"{Slug}: round {round + 1}/{rounds}, {contender.Name}");
                GC.Collect();
                if (Cold)
                    PageCache.TryDrop();
                runs[contender].Add(contender.Run(new Turn(seconds, seed + round)));
            }
        }

        string settings = string.Create(CultureInfo.InvariantCulture,
            $"{rounds} rounds, forwards and backwards in turn; runs without an end of their own last {seconds:0.##} s.")
            + (Cold && !PageCache.CanDrop ? " The page cache could NOT be emptied (not root). " : " ") + Note;
        return new SeriesRecord(Slug, Title, settings, Machine.Describe(), [.. Contenders.Select(contender =>
            new ContenderRecord(
                contender.Name, contender.Missing, runs.GetValueOrDefault(contender) ?? []))]);
    }
}
