namespace Forebay.Tests.Methods.Worker;

/// <summary>Runs parties from the start, once for every order in which they can take their steps.</summary>
internal static class EveryOrder
{
    /// <param name="start">Makes the same beginning each time.</param>
    /// <returns>How many orders there are.</returns>
    public static int Run(Func<IParties> start)
    {
        List<int> path = [];
        int runs = 0;
        do
        {
            RunOne(start(), path);
            runs++;
        }
        while (TryNext(path));
        return runs;
    }

    private static void RunOne(IParties parties, List<int> path)
    {
        Span<int> movers = stackalloc int[parties.Count];
        for (int step = 0; ; step++)
        {
            int choices = parties.WhoCanMove(movers);
            if (choices == 0)
                break;
            if (step == path.Count)
                path.Add(choices);
            Assert.Equal(choices, path[step] & 0xFF); // the same path leads to the same place
            parties.Move(movers[path[step] >> 8]);
        }

        parties.AssertEnd();
    }

    // A path is the list of choices made so far, each as (choice << 8 | number of choices there were).
    private static bool TryNext(List<int> path)
    {
        for (int last = path.Count - 1; last >= 0; last--)
        {
            int choice = (path[last] >> 8) + 1;
            int choices = path[last] & 0xFF;
            path.RemoveRange(last, path.Count - last);
            if (choice >= choices)
                continue;
            path.Add((choice << 8) | choices);
            return true;
        }

        return false;
    }
}
