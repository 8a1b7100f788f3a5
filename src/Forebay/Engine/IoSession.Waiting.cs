using System.Runtime.CompilerServices;
using Forebay.Handles;
using Forebay.Telemetry;

namespace Forebay.Engine;

/// <summary>Waiting for operations, this session's and others', and taking the outcomes of its own.</summary>
internal sealed partial class IoSession
{
    /// <summary>
    /// Whether the operation is over; if it is this session's, its outcome has then been delivered. Submits nothing:
    /// who polls for an operation that he has staged polls for ever.
    /// </summary>
    public bool IsDone(IoWaitReference reference)
    {
        using FlowScope flow = EnterFlow();
        return IsDoneInFlow(reference);
    }

    /// <summary>
    /// Waits until the operation is over, whoever issued it. Submits what this session has staged first: nobody sleeps
    /// on something that others may need.
    /// </summary>
    /// <returns>Whether it had to wait.</returns>
    /// <exception cref="InvalidOperationException">The operation is this session's and not started.</exception>
    public bool Wait(IoWaitReference reference)
    {
        using FlowScope flow = EnterFlow();
        if (IsDoneInFlow(reference))
            return false;
        CheckWaitable(reference);
        SubmitStagedInFlow();
        WaitVisibly(WaitKind.Operation, reference, endsOnStop: true);
        ReclaimIfOwn(reference);
        return true;
    }

    /// <summary>
    /// As <see cref="Wait"/> without blocking the thread. Completed already: no allocation, no hop. Under <c>sync</c>
    /// this session's own operations are always complete. Cancelling ends the wait, not the operation. The task is
    /// awaited once, and the session is not used until it is complete.
    /// </summary>
    /// <returns>Whether it had to wait.</returns>
    /// <exception cref="InvalidOperationException">The operation is this session's and not started.</exception>
    public ValueTask<bool> WaitAsync(IoWaitReference reference, CancellationToken cancellationToken = default)
    {
        using (EnterFlow())
        {
            if (cancellationToken.IsCancellationRequested)
                return ValueTask.FromCanceled<bool>(cancellationToken);
            if (IsDoneInFlow(reference))
                return new ValueTask<bool>(false);
            CheckWaitable(reference);
            SubmitStagedInFlow();
        }

        return WaitSlowAsync(reference, cancellationToken);
    }

    /// <summary>Takes back every handle whose operation is over; delivers the outcomes.</summary>
    /// <returns>Whether any handle became idle.</returns>
    public bool ReclaimCompleted()
    {
        using FlowScope flow = EnterFlow();
        return ReclaimCompletedInFlow();
    }

    /// <summary>Waits for every operation of this session.</summary>
    public void WaitForAll()
    {
        using FlowScope flow = EnterFlow();
        WaitForAllInFlow();
    }

    /// <summary>As <see cref="WaitForAll"/> without blocking the thread.</summary>
    public ValueTask WaitForAllAsync(CancellationToken cancellationToken = default)
    {
        using (EnterFlow())
            SubmitStagedInFlow();
        return WaitForAllSlowAsync(cancellationToken);
    }

    // The session stays occupied while any of these is awaited: its one waiter object is in use.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> WaitSlowAsync(IoWaitReference reference, CancellationToken cancellationToken)
    {
        OccupyFlow();
        try
        {
            if (!IsOver(reference))
                Activity.BeginWait(WaitKind.Operation, reference.Index, reference.Generation);
            while (!IsOver(reference))
                await SleepAsync(reference, cancellationToken).ConfigureAwait(false);
            ReclaimIfOwn(reference);
            return true;
        }
        finally
        {
            Activity.EndWait();
            LeaveFlow();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> AcquireSlowAsync(IoReturn? result, CancellationToken cancellationToken)
    {
        OccupyFlow();
        try
        {
            int handle;
            while (!TryAcquireInFlow(result, out handle))
            {
                SubmitStagedInFlow();
                IoWaitReference oldest = OldestInFlight();
                Activity.BeginWait(WaitKind.FreeHandle, oldest.Index, oldest.Generation);
                while (!IsOver(oldest))
                    await SleepAsync(oldest, cancellationToken).ConfigureAwait(false);
            }

            return handle;
        }
        finally
        {
            Activity.EndWait();
            LeaveFlow();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WaitForAllSlowAsync(CancellationToken cancellationToken)
    {
        OccupyFlow();
        try
        {
            while (_oldest != 0)
            {
                IoWaitReference oldest = OldestInFlight();
                Activity.BeginWait(WaitKind.FreeHandle, oldest.Index, oldest.Generation);
                while (!IsOver(oldest))
                    await SleepAsync(oldest, cancellationToken, endsOnStop: false).ConfigureAwait(false);
                ReclaimIfOwn(oldest);
            }
        }
        finally
        {
            LeaveFlow();
        }
    }

    private bool IsOver(IoWaitReference reference) =>
        _handles[reference.Index].Word.IsOver(reference.Generation);

    private ValueTask<bool> SleepAsync(
        IoWaitReference reference, CancellationToken cancellationToken, bool endsOnStop = true)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (endsOnStop)
            _engine.Processes.Sign.Check();
        return _engine.SleepAsync(_asyncWaiter, reference.Index, reference.Generation, cancellationToken);
    }

    // Seen by viewers from here to its end.
    private void WaitVisibly(WaitKind kind, IoWaitReference reference, bool endsOnStop = false)
    {
        Activity.BeginWait(kind, reference.Index, reference.Generation);
        try
        {
            _engine.WaitCore(reference.Index, reference.Generation, endsOnStop);
        }
        finally
        {
            Activity.EndWait();
        }
    }

    private bool IsDoneInFlow(IoWaitReference reference)
    {
        if (!_engine.IsOver(reference))
            return false;
        ReclaimIfOwn(reference);
        return true;
    }

    private void WaitForAllInFlow()
    {
        SubmitStagedInFlow();
        while (_oldest != 0)
        {
            // Only the owner moves a handle on from CompletedShared.
            if (_handles[_oldest - 1].State == IoHandleState.CompletedShared)
            {
                Reclaim(_oldest - 1);
                continue;
            }

            IoWaitReference oldest = OldestInFlight();
            WaitVisibly(WaitKind.Operation, oldest);
        }
    }

    private void CheckWaitable(IoWaitReference reference)
    {
        if (Owns(reference.Index) && _handles[reference.Index].State < IoHandleState.Staged)
            throw new InvalidOperationException("A session cannot wait for an operation that it has not started.");
    }
}
