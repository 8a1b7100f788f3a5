using System.Runtime.InteropServices;
using Forebay.Memory;

namespace Forebay.Storage;

/// <summary>
/// A gate of forks that processes share, in the segment. Unlike other locks there it is held across system calls; who
/// waits sleeps in the kernel, and one whose holder's process died is given back by whoever recovers that process.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct SharedGate
{
    /// <summary>The lock.</summary>
    public FutexLock Lock;
}
