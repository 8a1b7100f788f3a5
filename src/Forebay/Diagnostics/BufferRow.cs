using Forebay.Buffers;
using Forebay.Storage;

namespace Forebay.Diagnostics;

/// <summary>
/// One frame that holds a page, as in PostgreSQL's view <c>pg_buffercache</c>. All of it was true at one instant, but
/// the content lock, which was so about then.
/// </summary>
public readonly record struct BufferRow
{
    /// <summary>Number of the frame.</summary>
    public required int Frame { get; init; }

    /// <summary>The relation.</summary>
    public required RelationLocator Relation { get; init; }

    /// <summary>The fork.</summary>
    public required ForkNumber Fork { get; init; }

    /// <summary>Block in the fork.</summary>
    public required uint Block { get; init; }

    /// <summary>Whether the page's contents are there.</summary>
    public required bool IsValid { get; init; }

    /// <summary>Whether they are newer than the file.</summary>
    public required bool IsDirty { get; init; }

    /// <summary>Whether the last I/O on it failed.</summary>
    public required bool HasFailed { get; init; }

    /// <summary>Passes of the clock hand that it survives unused.</summary>
    public required int Usage { get; init; }

    /// <summary>Pins, that of an operation included.</summary>
    public required int Pins { get; init; }

    /// <summary>The I/O handle in whose hands it is; null = nobody's.</summary>
    public required int? InProgressBy { get; init; }

    /// <summary>The strongest way in which its contents are locked; null = not.</summary>
    public required ContentLockMode? Locked { get; init; }
}
