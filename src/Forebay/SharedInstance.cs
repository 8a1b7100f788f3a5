using Forebay.Processes;

namespace Forebay;

/// <summary>What a shared instance says of itself, for those who want to attach to it.</summary>
public sealed record SharedInstance
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Where relation files are.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Name of the page check that each process must register; null = none.</summary>
    public required string? PageCheck { get; init; }

    /// <summary>The method in effect.</summary>
    public required IoMethod IoMethod { get; init; }

    /// <summary>Size of a page in bytes.</summary>
    public required int BlockBytes { get; init; }

    /// <summary>Size of the buffer pool in bytes.</summary>
    public required long BufferPoolBytes { get; init; }

    /// <summary>Looks a living instance up.</summary>
    /// <exception cref="SharingException">There is none, or it is damaged, or somebody else's.</exception>
    /// <exception cref="InstanceStoppedException">It has stopped, and not all processes have left it.</exception>
    public static SharedInstance Find(Sharing sharing)
    {
        ArgumentNullException.ThrowIfNull(sharing);
        return Of(sharing, NamedSegment.Peek(sharing.Place));
    }

    /// <summary>As <see cref="Find"/>, for who would make one if there is none.</summary>
    /// <returns>Null: there is none.</returns>
    /// <exception cref="SharingException">It is damaged, or somebody else's.</exception>
    public static SharedInstance? TryFind(Sharing sharing)
    {
        ArgumentNullException.ThrowIfNull(sharing);
        return NamedSegment.TryPeek(sharing.Place, out SegmentHeader header) ? Of(sharing, header) : null;
    }

    private static SharedInstance Of(Sharing sharing, in SegmentHeader header)
    {
        ForebayOptions options = SharedSettings.Adopt(header, sharing, new ForebayOptions());
        string check = SegmentHeader.Text(header.PageCheck);
        return new SharedInstance
        {
            Name = sharing.Name,
            DataDirectory = SegmentHeader.Text(header.DataDirectory),
            PageCheck = check.Length == 0 ? null : check,
            IoMethod = options.IoMethod,
            BlockBytes = options.BlockBytes,
            BufferPoolBytes = options.BufferPoolBytes,
        };
    }
}
