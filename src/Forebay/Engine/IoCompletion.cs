using System.Diagnostics;
using Forebay.Callbacks;
using Forebay.Handles;
using Forebay.Interop;
using Forebay.Methods;
using Forebay.Primitives;
using Forebay.Targets;

namespace Forebay.Engine;

/// <summary>
/// The one place where operations complete: Submitted → CompletedIo → CompletedShared. Runs on whatever thread brings
/// the raw result and nothing in it throws, allocates, blocks or runs user code; the waiters it wakes run elsewhere.
/// </summary>
internal sealed class IoCompletion(
    IoHandleTable handles,
    IoCallbackRegistry callbacks,
    IoTargetRegistry targets,
    AsyncWaiters asyncWaiters,
    IHoldPoints? holdPoints) : ICompletionSink
{
    /// <summary>
    /// How often a transient result makes an operation go again before it is taken for an answer. Signals and exiting
    /// submitters come once or twice; a hundred in a row is a broken file system that should be heard of.
    /// </summary>
    public const int RetriesMax = 100;

    /// <inheritdoc/>
    public bool Complete(int handle, int rawResult) => Complete(handle, rawResult, 0);

    /// <inheritdoc/>
    public bool Complete(int handle, int rawResult, long completedAt)
    {
        ref IoHandle record = ref handles[handle];
        IoHandleView view = new(handles, handle);
        holdPoints?.Reached(HoldPoint.RawResult, view, ref rawResult);

        if (ErrnoTable.IsTransient(rawResult) && record.Retries < RetriesMax)
        {
            record.Retries++; // plain: while Submitted, only the one who brings the raw result writes here
            return false;
        }

        if (completedAt == 0)
            completedAt = Stopwatch.GetTimestamp();
        record.RawResult = rawResult; // published by the transition below
        record.SubmittedAt = Math.Min(record.SubmittedAt - completedAt, -1); // as is this: how long it took
        DeathPoints.Reach(DeathPoint.RawResultWritten);
        record.Transition(IoHandleState.Submitted, IoHandleState.CompletedIo);
        DeathPoints.Reach(DeathPoint.CompletedIo);
        if (record.File.IsValid)
            Release(record.TargetId, record.File);

        record.Distilled = callbacks.CompleteShared(ref record, view, new IoResult(IoStatus.Ok, rawResult));
        DeathPoints.Reach(DeathPoint.SharedHooksRun);
        int ignored = 0;
        holdPoints?.Reached(HoldPoint.BeforeCompletedShared, view, ref ignored);

        // After this the owner may reuse the handle at any moment: nothing of it is touched again.
        if (record.Transition(IoHandleState.CompletedIo, IoHandleState.CompletedShared))
            asyncWaiters.WakeEverywhere(handle);
        DeathPoints.Reach(DeathPoint.CompletedShared);
        return true;
    }

    /// <summary>
    /// The hooks' word on an operation whose completer died among them; for those that have no frames, whose hooks may
    /// run twice.
    /// </summary>
    public void Distil(int handle, int rawResult) => handles[handle].Distilled = callbacks.CompleteShared(
        ref handles[handle], new IoHandleView(handles, handle), new IoResult(IoStatus.Ok, rawResult));

    // As with hooks: an exception here would strand the operation between two states, on a stranger's thread.
    private void Release(int targetId, FileLease file)
    {
        IoTarget target = targets[targetId];
        try
        {
            target.Release(file);
        }
        catch (Exception exception) when (exception is not InvariantException)
        {
            Invariant.Fail($"I-13: the I/O target '{target.Name}' threw in Release: {exception}");
        }
    }
}
