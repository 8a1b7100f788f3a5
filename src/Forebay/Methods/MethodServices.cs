using Forebay.Handles;
using Forebay.Memory;
using Forebay.Processes;
using Forebay.Targets;

namespace Forebay.Methods;

/// <summary>What the engine lends to a method.</summary>
/// <param name="Handles">All handles.</param>
/// <param name="Targets">To reopen files of other processes.</param>
/// <param name="Arenas">To turn frames into addresses.</param>
/// <param name="Sink">Where raw results go.</param>
/// <param name="HoldPoints">A test's hand, or null.</param>
internal sealed record MethodServices(
    IoHandleTable Handles,
    IoTargetRegistry Targets,
    FrameArenas Arenas,
    ICompletionSink Sink,
    IHoldPoints? HoldPoints)
{
    /// <summary>The processes of the instance.</summary>
    public ProcessTable Processes { get; init; } = ProcessTable.Alone;

    /// <summary>Slot of this process: what its locks in the segment are marked with.</summary>
    public int ProcessSlot => Processes.Own;
}
