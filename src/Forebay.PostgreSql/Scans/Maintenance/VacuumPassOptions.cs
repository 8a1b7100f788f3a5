namespace Forebay.PostgreSql.Scans.Maintenance;

/// <summary>What a vacuum-style pass looks at.</summary>
public sealed record VacuumPassOptions
{
    /// <summary>As PostgreSQL's VACUUM does it.</summary>
    public static VacuumPassOptions Default { get; } = new();

    /// <summary>Whether pages that the visibility map calls all-visible are passed over.</summary>
    public bool SkipAllVisible { get; init; } = true;

    /// <summary>
    /// The fewest all-visible pages in a row that are passed over: fewer are read, so that reading stays sequential.
    /// 1 = every one.
    /// </summary>
    public int SkipRunMin { get; init; } = 32;

    /// <summary>
    /// The oldest transaction that somebody may still look back from: rows deleted by it or a later one are only
    /// recently dead. Null = nobody looks back, as in a stopped cluster without slots and prepared transactions.
    /// </summary>
    public uint? Horizon { get; init; }

    /// <summary>Operations in flight, instead of <c>maintenance_io_concurrency</c>.</summary>
    public int? Concurrency { get; init; }
}
