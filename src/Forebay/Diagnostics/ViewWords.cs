using Forebay.Buffers;
using Forebay.Handles;
using Forebay.Storage;
using Forebay.Telemetry;

namespace Forebay.Diagnostics;

/// <summary>
/// The words of the views: those of PostgreSQL's views where it has them. Part of the interface of metrics and tool.
/// </summary>
public static class ViewWords
{
    /// <summary>As in <c>pg_stat_io.object</c>.</summary>
    public static string Of(IoObject value) => value switch
    {
        IoObject.Relation => "relation",
        IoObject.TemporaryRelation => "temp relation",
        IoObject.Log => "wal",
        _ => throw new ArgumentOutOfRangeException(nameof(value), value, null),
    };

    /// <summary>As in <c>pg_stat_io.context</c>.</summary>
    public static string Of(IoContext value) => value switch
    {
        IoContext.Normal => "normal",
        IoContext.BulkRead => "bulkread",
        IoContext.BulkWrite => "bulkwrite",
        IoContext.Vacuum => "vacuum",
        IoContext.Init => "init",
        _ => throw new ArgumentOutOfRangeException(nameof(value), value, null),
    };

    /// <summary>Columns of <c>pg_stat_io</c>, in the singular.</summary>
    public static string Of(CountedOperation value) => value switch
    {
        CountedOperation.Read => "read",
        CountedOperation.Write => "write",
        CountedOperation.Extend => "extend",
        CountedOperation.Writeback => "writeback",
        CountedOperation.Fsync => "fsync",
        CountedOperation.Hit => "hit",
        CountedOperation.Eviction => "eviction",
        CountedOperation.Reuse => "reuse",
        _ => throw new ArgumentOutOfRangeException(nameof(value), value, null),
    };

    /// <summary>As in <c>pg_aios.state</c>.</summary>
    public static string Of(IoHandleState value) => value switch
    {
        IoHandleState.Idle => "IDLE",
        IoHandleState.HandedOut => "HANDED_OUT",
        IoHandleState.Defined => "DEFINED",
        IoHandleState.Staged => "STAGED",
        IoHandleState.Submitted => "SUBMITTED",
        IoHandleState.CompletedIo => "COMPLETED_IO",
        IoHandleState.CompletedShared => "COMPLETED_SHARED",
        IoHandleState.CompletedLocal => "COMPLETED_LOCAL",
        _ => "UNKNOWN", // of a segment that somebody has damaged
    };

    /// <summary>As in <c>pg_aios.operation</c>; null while there is none.</summary>
    public static string? Of(IoOperation value) => value switch
    {
        IoOperation.None => null,
        IoOperation.ReadVector => "readv",
        IoOperation.WriteVector => "writev",
        IoOperation.SyncData => "fdatasync",
        IoOperation.Sync => "fsync",
        _ => "invalid",
    };

    /// <summary>As in <c>pg_aios.result</c>.</summary>
    public static string Of(IoStatus value) => value switch
    {
        IoStatus.Unknown => "UNKNOWN",
        IoStatus.Ok => "OK",
        IoStatus.Partial => "PARTIAL",
        IoStatus.Warning => "WARNING",
        IoStatus.Error => "ERROR",
        _ => "UNKNOWN",
    };

    /// <summary>Names of forks.</summary>
    public static string Of(ForkNumber value) => value switch
    {
        ForkNumber.Main => "main",
        ForkNumber.FreeSpaceMap => "fsm",
        ForkNumber.VisibilityMap => "vm",
        ForkNumber.Init => "init",
        _ => "unknown",
    };

    /// <summary>Names of content locks; null = not locked.</summary>
    public static string? Of(ContentLockMode? value) => value switch
    {
        null => null,
        ContentLockMode.Shared => "shared",
        ContentLockMode.ShareExclusive => "share-exclusive",
        ContentLockMode.Exclusive => "exclusive",
        _ => throw new ArgumentOutOfRangeException(nameof(value), value, null),
    };

    /// <summary>What sessions wait for.</summary>
    public static string Of(WaitKind value) => value switch
    {
        WaitKind.None => "none",
        WaitKind.Operation => "operation",
        WaitKind.FreeHandle => "free handle",
        WaitKind.ContentLock => "content lock",
        WaitKind.PinsOfOthers => "pins of others",
        _ => "unknown",
    };
}
