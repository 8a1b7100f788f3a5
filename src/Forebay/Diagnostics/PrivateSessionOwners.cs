using Forebay.Memory;

namespace Forebay.Diagnostics;

/// <summary>Owners in an instance that one process has for itself.</summary>
internal sealed class PrivateSessionOwners(SegmentArray<int> slots) : ISessionOwners
{
    /// <inheritdoc/>
    public int Count => slots.Length;

    /// <inheritdoc/>
    // Acquire, though nothing hangs on it: a slot that closes meanwhile has idle handles only.
    public int ProcessOf(int slot) => Volatile.Read(ref slots[slot]) != 0 ? Environment.ProcessId : 0;
}
