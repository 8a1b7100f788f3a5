using System.Text.Json.Serialization;
using Forebay.Diagnostics;

namespace Forebay.Tool.Watching;

/// <summary>What <c>forebay buffers --json</c> prints.</summary>
internal sealed record BuffersReport(
    IReadOnlyList<BuffersReport.FrameEntry> Rows,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] BuffersReport.Sums? Summary = null)
{
    /// <summary>The rows of a view.</summary>
    public static BuffersReport Of(IEnumerable<BufferRow> rows) => new([.. rows.Select(EntryOf)]);

    /// <summary>A summary alone.</summary>
    public static BuffersReport Of(BufferSummary sums) => new([], new Sums(sums.Frames, sums.Used, sums.Dirty,
        sums.Pinned, sums.InProgress, sums.AverageUsage, sums.ByUsage));

    private static FrameEntry EntryOf(BufferRow row) => new(
        row.Frame, row.Relation.Tablespace, row.Relation.Database, row.Relation.Relation, ViewWords.Of(row.Fork),
        row.Block, row.IsValid, row.IsDirty, row.HasFailed, row.Usage, row.Pins, row.InProgressBy,
        ViewWords.Of(row.Locked));

    /// <summary>One frame; columns as in <c>pg_buffercache</c>, and some more.</summary>
    internal sealed record FrameEntry(int Frame, uint Tablespace, uint Database, uint Relation, string Fork, uint Block,
        bool Valid, bool Dirty, bool Failed, int Usage, int Pins, int? InProgressBy, string? ContentLock);

    /// <summary>All frames, counted.</summary>
    internal sealed record Sums(int Frames, int Used, int Dirty, int Pinned, int InProgress, double UsageAverage,
        IReadOnlyList<int> ByUsage);
}
