using Forebay.Processes;

namespace Forebay.Buffers;

/// <summary>How a pool behaves; sizes are in its layout.</summary>
/// <param name="Arena">Frame arena of the pool.</param>
/// <param name="ReadCallback">Callback id of its reads.</param>
/// <param name="WriteCallback">Callback id of its writes.</param>
/// <param name="IsLocal">Whether only one session knows the pool (temporary pages).</param>
/// <param name="DefaultPageCheck">Check of pages whose reader names none.</param>
/// <param name="Owner">The session slot that a local pool belongs to.</param>
internal sealed record BufferPoolOptions(
    ushort Arena, byte ReadCallback, byte WriteCallback, bool IsLocal, byte DefaultPageCheck, int Owner = -1)
{
    /// <summary>Slot of this process: what its locks in the segment are marked with.</summary>
    public int ProcessSlot { get; init; }

    /// <summary>Processes that share the pool; null = it is this one's alone.</summary>
    public ProcessTable? Sharers { get; init; }
}
