namespace Forebay.Methods.Worker;

/// <summary>What a worker does next.</summary>
/// <param name="Kind">Which of the three.</param>
/// <param name="Value">The handle to execute, or the ticket to sleep on.</param>
internal readonly record struct WorkerTurn(WorkerTurnKind Kind, int Value);
