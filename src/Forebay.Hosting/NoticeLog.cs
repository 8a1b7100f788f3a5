using Forebay.Telemetry;
using Microsoft.Extensions.Logging;

namespace Forebay.Hosting;

/// <summary>
/// What goes into the log. Event ids and names are promises; docs/hosting.md lists them. Notices are raised by those
/// who cause them, never on a completion path, so a logger may be slow.
/// </summary>
internal static partial class NoticeLog
{
    /// <summary>Category of all of it.</summary>
    public const string Category = "Forebay";

    [LoggerMessage(1, LogLevel.Information,
        "Opened {DataDirectory}: io_method {Method}, {Pages} pages in the pool. {Reason}", EventName = "Opened")]
    public static partial void Opened(ILogger logger, string dataDirectory, string method, int pages, string reason);

    [LoggerMessage(2, LogLevel.Information, "Wrote {Pages} dirty pages at shutdown.", EventName = "Flushed")]
    public static partial void Flushed(ILogger logger, int pages);

    [LoggerMessage(3, LogLevel.Error, "Dirty pages could not all be written at shutdown.", EventName = "FlushFailed")]
    public static partial void FlushFailed(ILogger logger, Exception cause);

    /// <summary>Writes a notice under the id of its kind.</summary>
    public static void Write(ILogger logger, Notice notice)
    {
        Action<ILogger, string, Exception?> write = notice.Kind switch
        {
            "shared-instance-rebuilt" => Rebuilt,
            "io-stuck" => Stuck,
            "handle-leak" => HandleLeak,
            "batch-leak" => BatchLeak,
            "lock-leak" => LockLeak,
            "pin-leak" => PinLeak,
            "session-leak" => SessionLeak,
            "process-died" => ProcessDied,
            "process-died-io" => ProcessDiedWithIo,
            "instance-stopped" => Stopped,
            "process-stopped" => ProcessStopped,
            "page-warning" => PageWarning,
            "write-back-failure" => WriteBackFailure,
            "io-workers" => Workers,
            _ => (log, message, cause) => Other(log, notice.Kind, message, cause),
        };
        write(logger, notice.Message, notice.Cause);
    }

    [LoggerMessage(101, LogLevel.Warning, "{Message}", EventName = "SharedInstanceRebuilt")]
    private static partial void Rebuilt(ILogger logger, string message, Exception? cause);

    [LoggerMessage(102, LogLevel.Warning, "{Message}", EventName = "IoStuck")]
    private static partial void Stuck(ILogger logger, string message, Exception? cause);

    [LoggerMessage(103, LogLevel.Warning, "{Message}", EventName = "HandleLeak")]
    private static partial void HandleLeak(ILogger logger, string message, Exception? cause);

    [LoggerMessage(104, LogLevel.Warning, "{Message}", EventName = "BatchLeak")]
    private static partial void BatchLeak(ILogger logger, string message, Exception? cause);

    [LoggerMessage(105, LogLevel.Warning, "{Message}", EventName = "LockLeak")]
    private static partial void LockLeak(ILogger logger, string message, Exception? cause);

    [LoggerMessage(106, LogLevel.Warning, "{Message}", EventName = "PinLeak")]
    private static partial void PinLeak(ILogger logger, string message, Exception? cause);

    [LoggerMessage(107, LogLevel.Warning, "{Message}", EventName = "SessionLeak")]
    private static partial void SessionLeak(ILogger logger, string message, Exception? cause);

    [LoggerMessage(108, LogLevel.Warning, "{Message}", EventName = "ProcessDied")]
    private static partial void ProcessDied(ILogger logger, string message, Exception? cause);

    [LoggerMessage(109, LogLevel.Warning, "{Message}", EventName = "ProcessDiedWithIo")]
    private static partial void ProcessDiedWithIo(ILogger logger, string message, Exception? cause);

    [LoggerMessage(110, LogLevel.Critical, "{Message}", EventName = "InstanceStopped")]
    private static partial void Stopped(ILogger logger, string message, Exception? cause);

    [LoggerMessage(111, LogLevel.Warning, "{Message}", EventName = "PageWarning")]
    private static partial void PageWarning(ILogger logger, string message, Exception? cause);

    [LoggerMessage(112, LogLevel.Error, "{Message}", EventName = "WriteBackFailure")]
    private static partial void WriteBackFailure(ILogger logger, string message, Exception? cause);

    [LoggerMessage(113, LogLevel.Information, "{Message}", EventName = "WorkerSettings")]
    private static partial void Workers(ILogger logger, string message, Exception? cause);

    [LoggerMessage(114, LogLevel.Warning, "{Message}", EventName = "ProcessStopped")]
    private static partial void ProcessStopped(ILogger logger, string message, Exception? cause);

    [LoggerMessage(199, LogLevel.Warning, "{Kind}: {Message}", EventName = "Notice")]
    private static partial void Other(ILogger logger, string kind, string message, Exception? cause);
}
