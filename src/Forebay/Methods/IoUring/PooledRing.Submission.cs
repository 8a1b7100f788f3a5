using Forebay.Interop;
using Forebay.Interop.IoUring;
using Forebay.Primitives;

namespace Forebay.Methods.IoUring;

/// <summary>The submitter's role.</summary>
internal sealed partial class PooledRing
{
    /// <summary>
    /// Entries that the kernel has refused for now and that nobody is offering at this moment, or a few more.
    /// </summary>
    public int Pending => Volatile.Read(ref Record.Pending); // a hint; who acts on it takes the lock and looks again

    /// <summary>Takes the submitter's role if it is free.</summary>
    public bool TryEnterSubmission() => Record.Submission.TryEnter();

    /// <summary>Takes the submitter's role; its holder may be inside the kernel for as long as a batch takes.</summary>
    public void EnterSubmission() => Record.Submission.Enter();

    /// <summary>Gives the submitter's role back.</summary>
    public void ExitSubmission() => Record.Submission.Exit();

    /// <summary>
    /// Writes the operation into a free entry, to be offered by the next <see cref="FlushLocked"/>. The caller has
    /// moved its lane to this ring: it may complete as soon as it is offered.
    /// </summary>
    /// <returns>False: the kernel does not accept what fills the queue.</returns>
    public bool TryFillLocked(int handle)
    {
        Invariant.Check(Record.Submission.IsHeld, "I-70: what a lock guards is touched by its holder alone");
        if (!_ring.TryGetEntry(out SubmissionEntry entry) && !(FlushLocked() && _ring.TryGetEntry(out entry)))
            return false;
        _writer.Write(entry, handle, this);
        Record.Filled++; // under the lock; views read it as it is
        return true;
    }

    /// <summary>
    /// Offers every filled entry to the kernel. What it refuses stays filled and is offered again by whoever submits,
    /// waits or drains here next: never by this thread in a loop, since a submitter waits for nobody.
    /// </summary>
    /// <returns>Whether the kernel has accepted everything.</returns>
    public bool FlushLocked()
    {
        ref RingRecord record = ref Record;
        Invariant.Check(record.Submission.IsHeld, "I-70: what a lock guards is touched by its holder alone");
        int pending = _ring.PendingCount;
        while (pending > 0)
        {
            record.SubmitCalls++;
            int result = _ring.Submit();
            if (result > 0)
            {
                // Release: whoever counts these as being in the kernel may wait there for their completions.
                Volatile.Write(ref record.Accepted, record.Accepted + result);
            }
            else if (result != -(int)Errno.Interrupted)
            {
                // Zero, no memory for requests, or completions that have to be drained first. Anything else would be
                // our own mistake, for instance a ring that is closed already.
                Invariant.Check(result is 0 or -(int)Errno.TryAgain or -(int)Errno.Busy or -(int)Errno.NoMemory,
                    "I-74: the kernel refuses a submission only for a while", result, 0);
                record.Refusals++;
                break;
            }

            pending = _ring.PendingCount;
        }

        if (pending != record.Pending)
        {
            _pending.Changed(record.Pending, pending);
            Volatile.Write(ref record.Pending, pending); // a hint to others; giving the lock back is a full fence
        }

        return pending == 0;
    }
}
