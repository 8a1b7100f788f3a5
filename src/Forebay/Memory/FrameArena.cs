using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Forebay.Primitives;

namespace Forebay.Memory;

/// <summary>
/// A run of equally sized frames that operations read into and write from: the buffer pool's pages, a session's
/// temporary pages, the log's buffers. A handle names frames by number; addresses exist only in the executing process.
/// </summary>
/// <param name="Address">First byte of frame 0 in this process, aligned for direct I/O.</param>
/// <param name="FrameBytes">Size of a frame in bytes.</param>
/// <param name="FrameCount">Number of frames.</param>
internal readonly record struct FrameArena(nint Address, int FrameBytes, int FrameCount)
{
    /// <summary>Whether the arena exists.</summary>
    public bool IsValid => Address != 0;

    /// <summary>
    /// The bytes of one frame. Valid as long as the arena; who may write them is the pin holders' business.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe Span<byte> Frame(int frame)
    {
        if ((uint)frame >= (uint)FrameCount)
            Invariant.Fail("I-02: a frame number lies outside its arena");

        // SAFETY: frame < FrameCount, so the span lies inside the arena; its writers follow the pin and I/O protocol.
        return new Span<byte>((byte*)Address + (long)frame * FrameBytes, FrameBytes);
    }

    /// <summary>Asks the processor to fetch the first line of a frame, where it can be asked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Prefetch(int frame)
    {
        // SAFETY: a prefetch of any address reads nothing into the program and cannot fault.
        if (Sse.IsSupported)
            Sse.Prefetch0((byte*)Address + (long)frame * FrameBytes);
    }
}
