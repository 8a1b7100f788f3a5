namespace Forebay.Interop.IoUring;

/// <summary>
/// The three system calls of io_uring. RingKernel makes them; tests put a refusing or counting one in front of it.
/// Each answers a value zero or more, or the negated errno.
/// </summary>
// SAFETY: the pointers are to what the call reads or writes; the caller keeps it in place until the call returns.
internal unsafe interface IRingKernel
{
    /// <summary>
    /// Creates a ring of `entries` slots. Returns its descriptor (close-on-exec), and the parameters filled in.
    /// </summary>
    int Setup(uint entries, RingParameters* parameters);

    /// <summary>
    /// Submits `submitCount` entries and, with GetEvents, waits for `completeMin` completions. May block.
    /// </summary>
    int Enter(
        int ring, uint submitCount, uint completeMin, RingEnterFlags flags, void* argument, nuint argumentSize);

    /// <summary>Registers something with the ring. May block.</summary>
    int Register(int ring, RingRegisterOperation operation, void* argument, uint count);
}
