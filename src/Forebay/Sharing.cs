namespace Forebay;

/// <summary>
/// Who shares an instance. Processes that open an instance under the same name, over the same data directory and with
/// the same settings, have one buffer pool and one set of I/O handles: the first creates it, the last one out removes
/// it. See docs/sharing.md.
/// </summary>
public sealed record Sharing
{
    private Sharing(string name, string? directory) => (Name, Directory) = (name, directory);

    /// <summary>Name of the instance.</summary>
    public string Name { get; }

    /// <summary>
    /// Folder of the segment, on tmpfs or hugetlbfs, belonging to the user alone; null = <c>/dev/shm/forebay-UID</c>.
    /// </summary>
    public string? Directory { get; }

    /// <summary>An instance under a name.</summary>
    /// <param name="name">Letters, digits, '.', '_' and '-'; at most 64, the first one no dot.</param>
    /// <param name="directory">
    /// Folder of the segment, on tmpfs or hugetlbfs, mode 0700, made if it does not exist; null = the user's own.
    /// </param>
    /// <exception cref="ArgumentException">The name cannot be one.</exception>
    public static Sharing Named(string name, string? directory = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        Sharing sharing = new(name, directory);
        _ = sharing.Place; // refuses the name here and now
        return sharing;
    }

    internal Processes.SegmentPlace Place => new(Name, Directory);
}
