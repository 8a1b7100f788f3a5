namespace Forebay.Comparison.Records;

/// <summary>Sorting and picking.</summary>
internal static class Statistics
{
    public static double Median(IEnumerable<double> values) => Quantile(values, 0.5);

    /// <summary>The value below which the share lies, between neighbours if need be.</summary>
    public static double Quantile(IEnumerable<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        if (sorted.Length == 0)
            return double.NaN;
        double at = share * (sorted.Length - 1);
        int below = (int)at;
        return below + 1 < sorted.Length
            ? sorted[below] + ((at - below) * (sorted[below + 1] - sorted[below]))
            : sorted[below];
    }

    /// <summary>Jain's index: 1 = all got the same, 1/n = one got everything.</summary>
    public static double Fairness(IReadOnlyList<double> shares)
    {
        double sum = shares.Sum();
        return sum * sum / (shares.Count * shares.Sum(share => share * share));
    }
}
