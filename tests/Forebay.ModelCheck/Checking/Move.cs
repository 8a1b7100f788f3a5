namespace Forebay.ModelCheck.Checking;

/// <summary>What may happen next.</summary>
/// <param name="Actor">To whom.</param>
/// <param name="Kind">What.</param>
/// <param name="Option">Which of several: the store, the sleeper, the choice.</param>
internal readonly record struct Move(int Actor, MoveKind Kind, int Option);
