using System.Text.Json;
using Forebay.Comparison.Records;

namespace Forebay.Comparison.Goals;

/// <summary>What the microbenchmarks' pairs came to, from their JSON.</summary>
internal sealed class PairFile
{
    private readonly JsonElement[] _series;

    public PairFile(string path)
    {
        if (!File.Exists(path))
        {
            _series = [];
            return;
        }

        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
        _series = [.. document.RootElement.GetProperty("series").EnumerateArray().Select(series => series.Clone())];
    }

    /// <summary>Median nanoseconds per operation of a lane; NaN if it was not run.</summary>
    public double Nanoseconds(string title, string lane) => Statistics.Median(Turns(title, lane));

    /// <summary>Median over the rounds of one lane's rate over another's.</summary>
    public double Rate(string title, string lane, string against) => Statistics.Median(
        Turns(title, lane).Zip(Turns(title, against), (mine, other) => other / mine));

    private double[] Turns(string title, string lane)
    {
        foreach (JsonElement series in _series.Where(series => series.GetProperty("title").GetString() == title))
        {
            foreach (JsonElement found in series.GetProperty("lanes").EnumerateArray()
                .Where(found => found.GetProperty("name").GetString() == lane))
            {
                return [.. found.GetProperty("nanoseconds").EnumerateArray().Select(turn => turn.GetDouble())];
            }
        }

        return [];
    }
}
