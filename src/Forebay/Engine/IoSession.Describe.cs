using Forebay.Handles;
using Forebay.Interop;
using Forebay.Primitives;
using Forebay.Telemetry;

namespace Forebay.Engine;

/// <summary>Describing and starting the handed-out handle.</summary>
internal sealed partial class IoSession
{
    /// <summary>Adds flags to the handed-out handle.</summary>
    public void AddFlags(int handle, IoHandleFlags flags)
    {
        CheckHandedOut(handle);
        _handles[handle].Flags |= flags;
    }

    /// <summary>Says for what the handed-out handle's operation is to be counted; without it, for shared pages.
    /// </summary>
    public void SetPurpose(int handle, IoPurpose purpose)
    {
        CheckHandedOut(handle);
        _handles[handle].Purpose = (byte)purpose;
    }

    /// <summary>For what the handed-out handle's operation is to be counted.</summary>
    public IoPurpose PurposeOf(int handle) => (IoPurpose)_handles[handle].Purpose;

    /// <summary>Says what the operation is done to; exactly once.</summary>
    public void SetTarget(int handle, byte targetId, in IoTargetData data)
    {
        CheckHandedOut(handle);
        ref IoHandle record = ref _handles[handle];
        if (record.TargetId != 0)
            throw new InvalidOperationException($"I/O handle {handle} has its target already.");
        _ = _engine.Targets[targetId];
        record.TargetId = targetId;
        record.Target = data;
    }

    /// <summary>Names the frames of the transfer, in file order; exactly once.</summary>
    public void SetFrames(int handle, ushort arena, ReadOnlySpan<int> frames)
    {
        CheckHandedOut(handle);
        ref IoHandle record = ref _handles[handle];
        if (record.FrameCount != 0)
            throw new InvalidOperationException($"I/O handle {handle} has its frames already.");
        if (frames.Length == 0 || frames.Length > _handles.CombineMax)
            throw new ArgumentException(
                $"An operation takes 1 to {_handles.CombineMax} frames, not {frames.Length}.", nameof(frames));
        _engine.Arenas.CheckFrames(arena, frames);
        frames.CopyTo(_handles.FrameRoom(handle));
        record.Arena = arena;
        record.FrameCount = (byte)frames.Length;
    }

    /// <summary>Sets data words for the callbacks; at most once.</summary>
    public void SetData(int handle, ReadOnlySpan<long> words)
    {
        CheckDataRoom(handle, words.Length);
        words.CopyTo(_handles.DataRoom(handle));
        _handles[handle].DataLength = (byte)words.Length;
    }

    /// <summary>Sets data words for the callbacks; at most once.</summary>
    public void SetData(int handle, ReadOnlySpan<int> words)
    {
        CheckDataRoom(handle, words.Length);
        Span<long> room = _handles.DataRoom(handle);
        for (int i = 0; i < words.Length; i++)
            room[i] = words[i];
        _handles[handle].DataLength = (byte)words.Length;
    }

    /// <summary>Registers a callback with a byte of data: upper layers first, the lowest last.</summary>
    public void AddCallback(int handle, byte callbackId, byte data = 0)
    {
        CheckHandedOut(handle);
        ref IoHandle record = ref _handles[handle];
        _ = _engine.Callbacks[callbackId];
        if (record.CallbackCount == IoCallbackList.Capacity)
            throw new InvalidOperationException($"An I/O handle takes at most {IoCallbackList.Capacity} callbacks.");
        record.Callbacks[record.CallbackCount++] = (ushort)(callbackId | (data << 8));
    }

    /// <summary>
    /// Starts the described operation. The handle is consumed: it may be anywhere from staged to reused when this
    /// returns. The lease belongs to the operation and goes back to the target with its raw result. If an argument is
    /// refused nothing has happened: the handle is still handed out and the lease the caller's.
    /// </summary>
    /// <param name="handle">The handed-out handle.</param>
    /// <param name="operation">What to do.</param>
    /// <param name="file">The open file.</param>
    /// <param name="offset">Byte offset in the file.</param>
    /// <param name="length">Bytes; at most the frames' size. Zero for the syncs.</param>
    /// <exception cref="InvalidOperationException">The handle is not handed out, or not fully described.</exception>
    /// <exception cref="ArgumentException">No file, or a range that does not fit the frames.</exception>
    public void Start(int handle, IoOperation operation, FileLease file, long offset, int length)
    {
        using FlowScope flow = EnterFlow();
        CheckTransfer(handle, operation, file, offset, length);
        if (_engine.IsShared)
            file = _engine.DropLease(handle, file);
        IoHandleView view = Define(handle, operation, file, offset, length);
        if (_engine.MustExecuteInPlace(view))
        {
            ExecuteInPlace(handle);
            return;
        }

        _staged[_stagedCount++] = view.Reference;
        if (_handles[handle].Transition(IoHandleState.Defined, IoHandleState.Staged))
            _engine.WakeAsyncWaiters(handle); // who waited for a definition can now submit it himself
        DeathPoints.Reach(DeathPoint.Staged);
        if (!_inBatch || _stagedCount == IoEngineSettings.BatchMax)
            SubmitStagedInFlow();
    }

    /// <summary>
    /// Starts the described operation and ends it at once with an error that was found before the kernel could be
    /// asked (a segment file that does not exist). The hooks run as for any other failure.
    /// </summary>
    /// <param name="handle">The handed-out handle.</param>
    /// <param name="operation">What would have been done.</param>
    /// <param name="offset">Byte offset in the file.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="rawResult">-errno.</param>
    public void StartFailed(int handle, IoOperation operation, long offset, int length, int rawResult)
    {
        using FlowScope flow = EnterFlow();
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rawResult, 0);
        _ = Define(handle, operation, FileLease.None, offset, length);
        FailDefined(handle, rawResult);
    }

    private void CheckTransfer(int handle, IoOperation operation, FileLease file, long offset, int length)
    {
        CheckHandedOut(handle);
        ref IoHandle record = ref _handles[handle];
        if (!file.IsValid)
            throw new ArgumentException($"I/O handle {handle} was started without a file.", nameof(file));
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (operation is not (IoOperation.ReadVector or IoOperation.WriteVector))
            return;
        if (record.FrameCount == 0)
            throw new InvalidOperationException($"I/O handle {handle} was started without frames.");
        long room = (long)record.FrameCount * _engine.Arenas[record.Arena].FrameBytes;
        if (length <= 0 || length > room)
        {
            throw new ArgumentOutOfRangeException(
                nameof(length), length, $"A transfer has 1 to {room} bytes, the size of its frames.");
        }
    }

    private IoHandleView Define(int handle, IoOperation operation, FileLease file, long offset, int length)
    {
        CheckHandedOut(handle);
        ref IoHandle record = ref _handles[handle];
        if (record.TargetId == 0)
            throw new InvalidOperationException($"I/O handle {handle} was started without a target.");
        Invariant.Check(operation != IoOperation.None, "I-06: an undefined operation was started");
        record.Operation = operation;
        record.File = file;
        record.Offset = offset;
        record.Length = length;
        record.Lane = 0;
        record.Executor = 0;
        record.RawResult = 0; // or an executor who opens the file would take the last use's error for this one's
        record.SubmittedAt = 0; // or a viewer would take the last use's for this one's
        record.Transition(IoHandleState.HandedOut, IoHandleState.Defined);
        DeathPoints.Reach(DeathPoint.Defined);
        _handedOut = None; // before the stage hooks: from here on another handle may be acquired
        LinkYoungest(handle);
        IoHandleView view = new(_handles, handle);
        try
        {
            _engine.Callbacks.Stage(ref record, view);
        }
        catch
        {
            CancelDefined(handle);
            throw;
        }

        DeathPoints.Reach(DeathPoint.StageHooksRun);
        return view;
    }

    // A stage hook threw. Waiters may hold references, so the handle walks the rest of its way: those callbacks that
    // have staged see a cancelled operation, and the issuer, who sees the exception, gets no second outcome.
    private void CancelDefined(int handle)
    {
        ref IoHandle record = ref _handles[handle];
        if (record.File.IsValid)
            _engine.Targets[record.TargetId].Release(record.File);
        record.File = FileLease.None;
        DropReturn(handle);
        FailDefined(handle, -(int)Errno.Cancelled);
        Reclaim(handle);
    }

    private void FailDefined(int handle, int rawResult)
    {
        ref IoHandle record = ref _handles[handle];
        record.Retries = IoCompletion.RetriesMax; // nothing was tried, so there is nothing to try again
        record.RawResult = rawResult;
        record.Flags |= IoHandleFlags.Synchronous;
        ExecuteInPlace(handle);
    }

    private void ExecuteInPlace(int handle)
    {
        ref IoHandle record = ref _handles[handle];
        record.Transition(IoHandleState.Defined, IoHandleState.Staged);
        DeathPoints.Reach(DeathPoint.StagedInPlace);
        IoHandleWord word = record.Word;

        // A waiter may claim it in this instant; then it executes it, and the issuer waits as for any other.
        if (record.TryClaim(word.Generation, _engine.ProcessSlot))
            _engine.ExecuteInPlace(handle);
        else
            _engine.WaitCore(handle, word.Generation);
    }

    private void CheckDataRoom(int handle, int words)
    {
        CheckHandedOut(handle);
        if (_handles[handle].DataLength != 0)
            throw new InvalidOperationException($"I/O handle {handle} has its data already.");
        if (words == 0 || words > _handles.CombineMax)
        {
            throw new ArgumentException(
                $"A handle takes 1 to {_handles.CombineMax} data words, not {words}.", nameof(words));
        }
    }
}
