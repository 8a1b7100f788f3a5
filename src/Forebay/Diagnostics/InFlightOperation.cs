using Forebay.Handles;

namespace Forebay.Diagnostics;

/// <summary>
/// One I/O handle in use, as in PostgreSQL's view <c>pg_aios</c>, and some more. All of it was true at one instant.
/// </summary>
public sealed class InFlightOperation
{
    private readonly HandleCopy _copy;
    private readonly ITargetNames _names;

    internal InFlightOperation(int handle, in HandleCopy copy, ITargetNames names)
    {
        Handle = handle;
        _copy = copy;
        _names = names;
    }

    /// <summary>Process that the owning session belongs to.</summary>
    public required int Process { get; init; }

    /// <summary>The system's number of the thread that last started an operation in the owning session; 0 = none yet.
    /// </summary>
    public required int Thread { get; init; }

    /// <summary>Slot of the owning session.</summary>
    public int Session => _copy.Owner;

    /// <summary>Number of the handle.</summary>
    public int Handle { get; }

    /// <summary>Use of the handle that the row is about.</summary>
    public long Generation => _copy.Word.Generation;

    /// <summary>Where the operation is.</summary>
    public IoHandleState State => _copy.Word.State;

    /// <summary>What is done; None while it is being described.</summary>
    public IoOperation Operation => IsDescribed ? _copy.Operation : IoOperation.None;

    /// <summary>Byte offset in the file; null while it is being described.</summary>
    public long? Offset => IsDescribed ? _copy.Offset : null;

    /// <summary>Bytes to transfer; null while it is being described.</summary>
    public int? Length => IsDescribed ? _copy.Length : null;

    /// <summary>Kind of thing that it is done to; null while it is being described.</summary>
    public string? Target => IsDescribed ? _names.NameOf(_copy.TargetId) : null;

    /// <summary>
    /// File and blocks, for people; null while it is being described. Made when it is asked for.
    /// </summary>
    public string? TargetDescription => IsDescribed ? _names.Describe(_copy.TargetId, _copy.Target) : null;

    /// <summary>Data words of the callbacks.</summary>
    public int DataLength => IsDescribed ? _copy.DataLength : 0;

    /// <summary>Bytes transferred or -errno; null until that is known.</summary>
    public int? RawResult => State >= IoHandleState.CompletedIo ? _copy.RawResult : null;

    /// <summary>How it ended; Unknown until all have looked at it who judge it.</summary>
    public IoStatus Result => State >= IoHandleState.CompletedShared ? _copy.Distilled.Status : IoStatus.Unknown;

    /// <summary>Whether it is executed by its issuer at once.</summary>
    public bool IsSynchronous => Has(IoHandleFlags.Synchronous);

    /// <summary>Whether its memory is known to the issuing process alone.</summary>
    public bool IsLocal => Has(IoHandleFlags.ReferencesLocal);

    /// <summary>Whether it goes through the page cache.</summary>
    public bool IsBuffered => Has(IoHandleFlags.Buffered);

    /// <summary>
    /// Time since the submission; how long it took once it is over. Null if it is not submitted yet.
    /// </summary>
    public required TimeSpan? Age { get; init; }

    /// <summary>The I/O method's name.</summary>
    public required string Method { get; init; }

    /// <summary>Ring of <c>io_uring</c> that carries it; null if none does.</summary>
    public required int? Ring { get; init; }

    /// <summary>I/O worker that executes it; null if none does.</summary>
    public required int? Worker { get; init; }

    /// <summary>How many wait for it, sleeping or awaiting.</summary>
    public int Waiters => _copy.Waiters;

    private bool IsDescribed => State >= IoHandleState.Defined;

    private bool Has(IoHandleFlags flag) => IsDescribed && (_copy.Flags & flag) != 0;
}
