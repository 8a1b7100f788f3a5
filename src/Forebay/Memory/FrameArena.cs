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
}
