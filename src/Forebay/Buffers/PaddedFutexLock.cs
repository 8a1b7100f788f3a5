using System.Runtime.InteropServices;
using Forebay.Memory;

namespace Forebay.Buffers;

/// <summary>A lock with a cache line of its own, for arrays of locks.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct PaddedFutexLock
{
    /// <summary>The lock.</summary>
    public FutexLock Lock;
}
