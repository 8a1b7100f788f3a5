using Forebay.Comparison.Peers;
using Forebay.Comparison.PostgreSql;

namespace Forebay.Comparison.Running;

/// <summary>Counting the rows of a real table.</summary>
internal static partial class AllSeries
{
    private static Series CountRows(Workplace place) => new(
        "count", "Counting the rows of a cold table, direct, beside PostgreSQL 18",
        DirectNote + " PostgreSQL 18's count(*) in a server that runs already, CPU of all its processes; forebay scan "
            + "--count as a whole program, from start to end, catalogs included; compiled ahead of time and, beside "
            + "it, while it runs.", [
            Count(place, "sync", direct: true),
            Count(place, "worker", direct: true),
            CountByTool(place, "io_uring", native: true),
            CountByTool(place, "worker", native: true),
            CountByTool(place, "sync", native: true),
            CountByTool(place, "io_uring", native: false),
        ]);

    private static ProgramRun CountByTool(Workplace place, string method, bool native) => new(
        $"forebay scan --count, {method}{(native ? string.Empty : ", compiled while it runs")}",
        () => place.WhyNoPostgres ?? (native ? place.Native.Missing : null),
        () => native ? place.Native.Program : s_tool,
        () =>
        [
            "scan", place.Postgres!.DataDirectory, PostgresCluster.TableName, "--count", "--io-method", method,
            "--io-direct", "on",
        ],
        () => place.Relation.Pages);
}
