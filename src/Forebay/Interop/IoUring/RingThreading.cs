namespace Forebay.Interop.IoUring;

/// <summary>Which threads enter the kernel with a ring.</summary>
internal enum RingThreading
{
    /// <summary>
    /// Any thread may submit, wait and drain (one submitter and one completer at a time). Completions appear by
    /// themselves, whatever the submitting thread does: no task-run mode that leaves them to its next kernel entry.
    /// </summary>
    Shared,

    /// <summary>
    /// One thread does everything that enters the kernel: the one that created the ring, or the one that called
    /// Enable where the ring was created disabled. Completions appear only while that thread is inside
    /// SubmitAndWait, Wait or a flushing drain; another thread gets -EEXIST. Cheaper, and useless for a ring on
    /// whose completions others depend.
    /// </summary>
    Owned,
}
