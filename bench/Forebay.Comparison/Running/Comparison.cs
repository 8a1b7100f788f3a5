using Forebay.Comparison.Reporting;

namespace Forebay.Comparison.Running;

/// <summary>The whole comparison: prepares the data, runs the series, keeps their records, writes the report.</summary>
internal static class Comparison
{
    private const int Seed = 42;

    public static int Run(ComparisonOptions options)
    {
        RecordFiles files = new(options.Output);
        if (!options.ReportOnly)
        {
            using Workplace place = new(options.Data, options.Mebibytes);
            foreach (SeriesPlan plan in AllSeries.Plans)
            {
                if (!options.Wants(plan.Slug))
                    continue;
                Series series = plan.Make(place);
                files.Save(series.Run(
                    plan.Rounds ?? options.Rounds, plan.Seconds ?? options.Seconds, Seed, Console.Error.WriteLine));
            }

            if (!options.Keep)
                place.Delete();
        }

        Report.Write(files, options.Output);
        return 0;
    }
}
