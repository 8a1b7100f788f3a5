using System.Diagnostics;
using Forebay.Handles;
using Forebay.Memory;
using Forebay.Methods.IoUring;
using Forebay.Telemetry;

namespace Forebay.Diagnostics;

/// <summary>
/// The handles in use, copied one by one while their owners go on: no lock, and nobody is slowed down. Each row is
/// whole; all of them together are not one instant.
/// </summary>
internal sealed class InFlightView(
    IoHandleTable handles, SegmentArray<SessionActivity> activities, ISessionOwners owners, ITargetNames names,
    string method)
{
    private readonly bool _isRing = method == IoUringMethod.MethodName;
    private readonly bool _isWorker = method == Methods.Worker.WorkerMethod.MethodName;

    /// <summary>All of them, by session and handle.</summary>
    public List<InFlightOperation> Take() => Take(submittedOnly: false);

    /// <summary>Those that are with the method or the kernel.</summary>
    public List<InFlightOperation> TakeSubmitted() => Take(submittedOnly: true);

    private List<InFlightOperation> Take(bool submittedOnly)
    {
        List<InFlightOperation> rows = [];
        long now = Stopwatch.GetTimestamp();
        for (int slot = 0; slot < owners.Count; slot++)
        {
            int process = owners.ProcessOf(slot);
            if (process == 0)
                continue;
            int first = slot * handles.PerSession;
            for (int handle = first; handle < first + handles.PerSession; handle++)
            {
                if (submittedOnly && handles[handle].State != IoHandleState.Submitted)
                    continue;
                if (HandleCopy.TryTake(ref handles[handle], out HandleCopy copy)
                    && (!submittedOnly || copy.Word.State == IoHandleState.Submitted))
                    rows.Add(Row(slot, handle, copy, process, now));
            }
        }

        return rows;
    }

    private InFlightOperation Row(int slot, int handle, in HandleCopy copy, int process, long now) =>
        new(handle, copy, names)
        {
            Process = process,
            Thread = activities[slot].Thread,
            Age = AgeOf(copy, now),
            Method = method,
            Ring = _isRing && copy.Lane > 0 && !RingLane.IsWaiting(copy.Lane) ? RingLane.Ring(copy.Lane) : null,
            Worker = _isWorker && copy.Lane > 0 ? copy.Lane - 1 : null,
        };

    // Submitted between the reading of the clock and the copying: just now.
    private static TimeSpan? AgeOf(in HandleCopy copy, long now) =>
        copy.Word.State < IoHandleState.Submitted || copy.SubmittedAt == 0
            ? null
            : TimeOf(copy.SubmittedAt > 0 ? now - copy.SubmittedAt : -copy.SubmittedAt);

    private static TimeSpan TimeOf(long ticks) => Stopwatch.GetElapsedTime(0, Math.Max(ticks, 0));
}
