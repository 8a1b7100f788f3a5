namespace Forebay.Comparison.Running;

/// <summary>Contenders at the same work, the first of them the yardstick.</summary>
/// <param name="Title">What the work is.</param>
/// <param name="Contenders">Who does it.</param>
internal sealed record Series(string Title, IReadOnlyList<Contender> Contenders)
{
    /// <summary>
    /// Runs all of them round by round, forwards and backwards in turn, so that drift hits everybody alike.
    /// </summary>
    public SeriesResult Run(int rounds, double seconds, int seed, Action<string> progress)
    {
        Dictionary<Contender, List<Measurement>> runs = [];
        foreach (Contender contender in Contenders)
            runs[contender] = [];
        for (int round = 0; round < rounds; round++)
        {
            IEnumerable<Contender> order = round % 2 == 0 ? Contenders : Contenders.Reverse();
            foreach (Contender contender in order.Where(candidate => candidate.Missing is null))
            {
                progress($"{Title}: round {round + 1}/{rounds}, {contender.Name}");
                runs[contender].Add(contender.Run(seconds, seed + round));
            }
        }

        return new SeriesResult(Title, [.. Contenders.Select(contender =>
            new ContenderResult(contender.Name, contender.Missing, runs[contender]))]);
    }
}
