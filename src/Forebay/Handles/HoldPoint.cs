namespace Forebay.Handles;

/// <summary>Named places of an operation's life at which a test may hold it or change its raw result.</summary>
public enum HoldPoint
{
    /// <summary>Claimed for submission, not yet with the method.</summary>
    BeforeSubmit,

    /// <summary>
    /// About to be executed by a blocking call (sync execution, or a worker after it has reopened the file).
    /// </summary>
    BeforeExecute,

    /// <summary>The raw result has come in and may be replaced; the handle is still Submitted.</summary>
    RawResult,

    /// <summary>Shared hooks have run; the handle is still CompletedIo.</summary>
    BeforeCompletedShared,
}
