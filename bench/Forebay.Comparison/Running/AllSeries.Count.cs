using Forebay.Comparison.Peers;
using Forebay.Comparison.PostgreSql;

namespace Forebay.Comparison.Running;

/// <summary>Counting the rows of a real table.</summary>
internal static partial class AllSeries
{
    private static Series CountRows(Workplace place) => new(
        "count", "Counting the rows of a cold table, direct, beside PostgreSQL 18",
        DirectNote + " PostgreSQL 18's count(*) in a server that runs already, CPU of all its processes; forebay scan "
            + "--count as a whole program, from start to end, start of the runtime and catalogs included.", [
            Count(place, "sync", direct: true),
            Count(place, "worker", direct: true),
            CountByTool(place, "io_uring"),
            CountByTool(place, "worker"),
            CountByTool(place, "sync"),
        ]);

    private static ProgramRun CountByTool(Workplace place, string method) => new(
        $"forebay scan --count, {method}", () => place.WhyNoPostgres,
        () => Path.Combine(AppContext.BaseDirectory, "Forebay.Tool"),
        () =>
        [
            "scan", place.Postgres!.DataDirectory, PostgresCluster.TableName, "--count", "--io-method", method,
            "--io-direct", "on",
        ],
        () => place.Relation.Pages);
}
