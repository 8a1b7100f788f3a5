namespace Forebay.Methods.Worker;

/// <summary>The three things that a worker does.</summary>
internal enum WorkerTurnKind
{
    /// <summary>Execute an operation that it has taken.</summary>
    Execute,

    /// <summary>Sleep until somebody picks it.</summary>
    Sleep,

    /// <summary>End its thread; it is registered no longer.</summary>
    Leave,
}
