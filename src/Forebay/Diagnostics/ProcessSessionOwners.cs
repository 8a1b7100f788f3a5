using Forebay.Memory;
using Forebay.Processes;

namespace Forebay.Diagnostics;

/// <summary>Owners by the process slots of the segment.</summary>
internal sealed class ProcessSessionOwners(SegmentArray<int> slots, SegmentArray<ProcessRecord> processes)
    : ISessionOwners
{
    /// <inheritdoc/>
    public int Count => slots.Length;

    /// <inheritdoc/>
    public int ProcessOf(int slot)
    {
        // Acquire, though nothing hangs on it: a slot that closes meanwhile has idle handles only. Whoever only looks
        // on does not rely on the number in it.
        int process = Volatile.Read(ref slots[slot]) - 1;
        return (uint)process < (uint)processes.Length ? processes[process].Process : 0;
    }
}
