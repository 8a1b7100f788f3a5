namespace Forebay.Tests.Model;

/// <summary>The lock with one thing taken away.</summary>
public enum FutexLockMutation
{
    /// <summary>As in the code.</summary>
    None,

    /// <summary>Who has slept takes the lock without marking it: those who still sleep are forgotten.</summary>
    TakeUnmarkedAfterSleep,

    /// <summary>Who goes to sleep does not mark the lock.</summary>
    SleepUnannounced,

    /// <summary>Who marks the lock overwrites it instead of comparing.</summary>
    AnnounceWithoutCompare,

    /// <summary>The exit wakes nobody.</summary>
    ExitWithoutWake,

    /// <summary>The exit reads the mark and frees the lock in two steps.</summary>
    ExitInTwoSteps,

    /// <summary>The exit's store does not wait for the guarded stores.</summary>
    ExitWithoutRelease,

    /// <summary>Entering reads and takes in two steps.</summary>
    EnterInTwoSteps,

    /// <summary>The kernel is not told what value to sleep on.</summary>
    SleepOnAnyValue,
}
