using System.Diagnostics;
using Forebay.Comparison.Records;
using Forebay.Comparison.Running;

namespace Forebay.Comparison.PostgreSql;

/// <summary>
/// PostgreSQL 18 at the same relation: a query that reads so and so many of its pages. A server of its own for each
/// run, nothing of the table in its buffers; CPU of all its processes.
/// </summary>
internal sealed class PostgresScan(
    Workplace place, string what, string method, bool direct, string query, Func<int> pages) : Contender
{
    /// <summary>Further settings of the server.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    public override string Name => $"PostgreSQL 18 {method}, {what}"
        + (Settings.Count > 0 ? $", {string.Join(", ", Settings)}" : string.Empty);

    public override string? Missing => place.WhyNoPostgres;

    public override bool NeedsWarmUp => false;

    public override Measurement Run(Turn turn)
    {
        int count = pages(); // may start a server of its own to ask
        using PostgresServer server = place.Postgres!.Start(
            [$"io_method={method}", $"debug_io_direct={(direct ? "data" : string.Empty)}", .. Settings]);
        server.Query("SET enable_indexscan = off; SET enable_indexonlyscan = off; SET work_mem = '64MB';");
        server.Query($"EXPLAIN {query}"); // catalogs, and what is loaded once
        if (!direct)
            PageCache.TryDrop();
        double cpu = server.CpuSeconds;
        long start = Stopwatch.GetTimestamp();
        server.Query(query);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new Measurement(count, seconds, server.CpuSeconds - cpu);
    }
}
