using System.Runtime.InteropServices;

namespace Forebay.Interop.IoUring;

/// <summary>The ring's file descriptor. The kernel opens it close-on-exec.</summary>
internal sealed class RingDescriptor : SafeHandle
{
    public RingDescriptor(int descriptor)
        : base(-1, ownsHandle: true) => SetHandle(descriptor);

    public override bool IsInvalid => handle < 0;

    /// <summary>For system calls by somebody who keeps this object alive; -1 once it is disposed.</summary>
    public int Number => IsClosed ? -1 : (int)handle;

    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0;
}
