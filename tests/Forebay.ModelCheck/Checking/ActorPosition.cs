namespace Forebay.ModelCheck.Checking;

/// <summary>Where a thread is in one state of the model.</summary>
/// <param name="Node">What it has seen.</param>
/// <param name="Stores">Its stores that are not with the others yet, in its order.</param>
/// <param name="State">Whether it goes on.</param>
internal readonly record struct ActorPosition(HistoryNode Node, Store[] Stores, ActorState State)
{
    /// <summary>The word that it sleeps on.</summary>
    public int SleepsOn => State == ActorState.Asleep ? Node.Next!.Place : -1;
}
