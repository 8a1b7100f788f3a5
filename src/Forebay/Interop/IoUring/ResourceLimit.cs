using System.Runtime.InteropServices;

namespace Forebay.Interop.IoUring;

/// <summary>
/// struct rlimit: what the process may use now, and how far it may raise that itself. ulong.MaxValue = no limit.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct ResourceLimit(ulong Soft, ulong Hard)
{
    public const ulong Unlimited = ulong.MaxValue;
}
