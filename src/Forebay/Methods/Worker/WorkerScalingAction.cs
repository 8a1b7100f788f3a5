namespace Forebay.Methods.Worker;

/// <summary>What is to be done with the pool now.</summary>
internal enum WorkerScalingAction
{
    /// <summary>Nothing before the decision's time is over or a signal comes.</summary>
    Wait,

    /// <summary>Start one worker, then decide again.</summary>
    Launch,

    /// <summary>Let the highest worker go, then decide again.</summary>
    Dismiss,

    /// <summary>Let the highest worker go if it is still idle, then decide again.</summary>
    DismissIdle,
}
