namespace Forebay.Streams;

/// <summary>What a stream may know of the work that it is for.</summary>
[Flags]
public enum ReadStreamFlags
{
    /// <summary>Nothing special.</summary>
    None = 0,

    /// <summary>Maintenance: as many operations ahead as <c>maintenance_io_concurrency</c> says.</summary>
    Maintenance = 1,

    /// <summary>
    /// The blocks follow one another, so the kernel's own read-ahead does well: it is never advised under <c>sync</c>.
    /// </summary>
    Sequential = 2,

    /// <summary>All pages will be wanted: begin with whole operations instead of one page.</summary>
    Full = 4,

    /// <summary>
    /// Several operations go to the method in one call. The block source then must not wait for anything that another
    /// session may hold, nor issue I/O. Block ranges and sequences never do, and need no flag.
    /// </summary>
    UseBatching = 8,
}
