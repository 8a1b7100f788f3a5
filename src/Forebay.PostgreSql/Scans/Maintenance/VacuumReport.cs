namespace Forebay.PostgreSql.Scans.Maintenance;

/// <summary>What a vacuum-style pass has found.</summary>
public readonly record struct VacuumReport
{
    /// <summary>Pages of the table.</summary>
    public long Pages { get; init; }

    /// <summary>Pages that were looked at; all numbers below are of these.</summary>
    public long PagesScanned { get; init; }

    /// <summary>All-visible pages that were passed over.</summary>
    public long PagesSkipped { get; init; }

    /// <summary>Pages that were never initialised, or have no line pointers.</summary>
    public long PagesEmpty { get; init; }

    /// <summary>Rows that are visible.</summary>
    public long Live { get; init; }

    /// <summary>Row versions that nobody can see, with or without bytes left: VACUUM would take them away.</summary>
    public long Dead { get; init; }

    /// <summary>
    /// Row versions that were deleted, but not before the horizon, or inserted by a transaction that was prepared and
    /// may yet commit: VACUUM would leave them.
    /// </summary>
    public long RecentlyDead { get; init; }

    /// <summary>Line pointers that stand for nothing.</summary>
    public long Unused { get; init; }

    /// <summary>Line pointers that lead to another one of their page.</summary>
    public long Redirected { get; init; }

    /// <summary>Bytes between line pointers and rows; of a page never initialised, all but its header.</summary>
    public long FreeBytes { get; init; }

    /// <summary>Bytes of dead row versions, as they are aligned: what VACUUM would add to the free ones.</summary>
    public long ReclaimableBytes { get; init; }

    /// <summary>
    /// Rows of the whole table, if the pages that were passed over hold as many each as those that were looked at;
    /// if none was, nothing is known, and this is -1.
    /// </summary>
    public long LiveEstimate => PagesSkipped == 0 ? Live
        : PagesScanned == 0 ? -1
        : (long)Math.Round((double)Live / PagesScanned * Pages);
}
