namespace Forebay.ModelCheck.Checking;

/// <summary>Where a thread of a run is.</summary>
internal enum ActorState
{
    /// <summary>On its way.</summary>
    Running,

    /// <summary>Its program has ended.</summary>
    Done,

    /// <summary>Takes no step any more.</summary>
    Dead,
}
