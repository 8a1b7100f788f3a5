using Forebay.Diagnostics;

namespace Forebay.Tool.Watching;

/// <summary>What <c>forebay ps --json</c> prints.</summary>
internal sealed record InFlightReport(IReadOnlyList<InFlightReport.IoEntry> InFlight)
{
    private const double MicrosecondsPerMillisecond = 1000;

    /// <summary>The rows of a view.</summary>
    public static InFlightReport Of(IEnumerable<InFlightOperation> rows) => new([.. rows.Select(IoEntry.Of)]);

    /// <summary>One handle; columns as in <c>pg_aios</c>, and some more.</summary>
    internal sealed record IoEntry
    {
        public required int Pid { get; init; }

        public required int IoId { get; init; }

        public required long IoGeneration { get; init; }

        public required string State { get; init; }

        public required string? Operation { get; init; }

        public required long? Off { get; init; }

        public required int? Length { get; init; }

        public required string? Target { get; init; }

        public required string? TargetDesc { get; init; }

        public required int HandleDataLen { get; init; }

        public required int? RawResult { get; init; }

        public required string Result { get; init; }

        public required bool FSync { get; init; }

        public required bool FLocalmem { get; init; }

        public required bool FBuffered { get; init; }

        public required long? AgeUs { get; init; }

        public required string Method { get; init; }

        public required int? Ring { get; init; }

        public required int Waiters { get; init; }

        public static IoEntry Of(InFlightOperation row) => new()
        {
            Pid = row.Process,
            IoId = row.Handle,
            IoGeneration = row.Generation,
            State = ViewWords.Of(row.State),
            Operation = ViewWords.Of(row.Operation),
            Off = row.Offset,
            Length = row.Length,
            Target = row.Target,
            TargetDesc = row.TargetDescription,
            HandleDataLen = row.DataLength,
            RawResult = row.RawResult,
            Result = ViewWords.Of(row.Result),
            FSync = row.IsSynchronous,
            FLocalmem = row.IsLocal,
            FBuffered = row.IsBuffered,
            AgeUs = row.Age is { } age ? (long)(age.TotalMilliseconds * MicrosecondsPerMillisecond) : null,
            Method = row.Method,
            Ring = row.Ring,
            Waiters = row.Waiters,
        };
    }
}
