namespace Forebay.ModelCheck.Checking;

/// <summary>Where a thread of a model is.</summary>
internal enum ActorState
{
    /// <summary>On its way.</summary>
    Running,

    /// <summary>In the kernel, until somebody wakes it.</summary>
    Asleep,

    /// <summary>Somebody has woken it.</summary>
    Woken,

    /// <summary>Its program has ended.</summary>
    Done,

    /// <summary>Takes no step any more.</summary>
    Dead,
}
