namespace Forebay.Tests.Model;

/// <summary>The handle's protocol with one thing taken away.</summary>
public enum HandleMutation
{
    /// <summary>As in the code.</summary>
    None,

    /// <summary>Waiters do not claim what is staged: they wait for the owner to submit it.</summary>
    WaitersDoNotClaim,

    /// <summary>Staging signals nobody.</summary>
    NoSignalAtStaging,

    /// <summary>Nobody is told that the method has the operation now.</summary>
    NoSignalAfterSubmit,

    /// <summary>The waiters are counted while the lane may still be in the submitter's store buffer.</summary>
    NoFenceAfterSubmit,

    /// <summary>A waiter does not look for a lane again before it sleeps.</summary>
    LaneNotReRead,

    /// <summary>Completion signals nobody.</summary>
    NoSignalAtCompletion,

    /// <summary>A release of an unused handle signals nobody.</summary>
    NoSignalAtRelease,

    /// <summary>A waiter claims without comparing: it overwrites what somebody else has claimed.</summary>
    ClaimWithoutCompare,

    /// <summary>The generation does not move when the handle is reclaimed.</summary>
    GenerationStands,

    /// <summary>Staging is a plain store: the description may arrive after it.</summary>
    StagingWithoutFence,

    /// <summary>Completion is a plain store: the outcome may arrive after it.</summary>
    CompletionWithoutFence,
}
