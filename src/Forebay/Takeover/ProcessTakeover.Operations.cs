using Forebay.Buffers;
using Forebay.Handles;
using Forebay.Interop;
using Forebay.Memory;
using Forebay.Primitives;

namespace Forebay.Takeover;

/// <summary>Operations that the dead process had issued, claimed or was completing.</summary>
internal sealed partial class ProcessTakeover
{
    private void TakeOperation(int index)
    {
        ref IoHandle handle = ref engine.Handles[index];
        IoHandleWord word = handle.Word;
        bool isOwn = _isOwn.Contains(index / engine.Handles.PerSession);
        bool isClaimed = IsWithDead(index, word);
        if (isOwn && word.State != IoHandleState.Idle && handle.Arena != FrameArenas.Pool && handle.FrameCount > 0)
        {
            End(index, word); // memory that only the dead one had: nobody else waits for that
            return;
        }

        switch (word.State)
        {
            case IoHandleState.Idle when isOwn:
                Empty(ref handle); // it died between the end of a use and the emptying of the record
                break;
            case IoHandleState.Idle:
                break;
            case IoHandleState.HandedOut or IoHandleState.Defined when isOwn:
                EndReads(index);
                End(index, word);
                break;
            case IoHandleState.Staged when isOwn:
                if (handle.TryClaim(word.Generation, engine.ProcessSlot))
                    Fail(index);
                else
                    _isUnfinished = true; // somebody who waits for it has just claimed it
                break;
            case IoHandleState.Submitted when isClaimed && !areRingsOver:
                _inRings.Add(index);
                break;
            case IoHandleState.Submitted when isClaimed && isOwn:
                Fail(index);
                break;
            case IoHandleState.Submitted when isClaimed && handle.Operation is IoOperation.Sync or IoOperation.SyncData:
                Fail(index); // it may have failed already, and a failure is told once: done again, it would look well
                break;
            case IoHandleState.Submitted when isClaimed:
                if (handle.TryReclaim(word, engine.ProcessSlot))
                {
                    DeathPoints.Reach(DeathPoint.TakeoverReclaimed);
                    engine.SubmitAgain(index);
                }

                break;
            case IoHandleState.CompletedIo when isClaimed:
                LeaveBehind(index);
                break;
            case IoHandleState.Submitted or IoHandleState.CompletedIo when isOwn:
                _isUnfinished = true; // somebody else executes it; it ends by itself
                break;
            case IoHandleState.CompletedShared or IoHandleState.CompletedLocal when isOwn:
                End(index, word);
                break;
            case IoHandleState.HandedOut:
            case IoHandleState.Defined:
            case IoHandleState.Staged:
            case IoHandleState.Submitted:
            case IoHandleState.CompletedIo:
            case IoHandleState.CompletedShared:
            case IoHandleState.CompletedLocal:
            default:
                break; // of somebody who lives
        }

        if (isOwn && handle.State is IoHandleState.CompletedShared)
            End(index, handle.Word);
    }

    // Who executes it is said once that is known; before, and while it is queued, the word has who claimed it.
    private bool IsWithDead(int index, IoHandleWord word)
    {
        if (word.State is not (IoHandleState.Submitted or IoHandleState.CompletedIo))
            return false;
        int executor = engine.Handles[index].Executor;
        if (executor != 0 || word.Claimer != deadSlot + 1)
            return executor == deadSlot + 1;
        bool? isQueued = engine.SharedMethod is { } method ? method.IsQueued(index) : false;
        _isUnfinished |= isQueued is null;
        return isQueued == false && engine.Handles[index].Word == word
            && engine.Handles[index].Executor == 0;
    }

    // Completed as any other operation, by the hooks: its frames were all staged, so they know what it has.
    private void Fail(int index)
    {
        ref IoHandle handle = ref engine.Handles[index];
        handle.File = FileLease.None; // the open file died with its process
        engine.Completion.Complete(index, -(int)Errno.OwnerDead);
    }

    // Its completer died among its hooks. What they did for a frame, or did not, shows in the frame's word; pins and
    // locks are counted afterwards, and until they are the operation stays as it is: whoever begins again finds it.
    private void LeaveBehind(int index)
    {
        _left.Add(index);
        ref IoHandle handle = ref engine.Handles[index];
        handle.File = FileLease.None; // the open file died with its process
        foreach (int frame in FramesOf(index))
        {
            _frames.Add(frame);
            if (pool.Descriptor(frame).Word.InProgress == index + 1)
            {
                pool.Descriptors.EndIo(frame, index, BufferWord.IoError, 0,
                    dropPin: handle.Operation == IoOperation.ReadVector);
            }
        }
    }

    // Whoever issued it sees that so many pages were done, as their frames show, and asks again for the rest.
    private void Conclude(int index)
    {
        ref IoHandle handle = ref engine.Handles[index];
        bool isTransfer = handle.Operation is IoOperation.ReadVector or IoOperation.WriteVector;
        int done = 0;
        foreach (int frame in FramesOf(index))
        {
            BufferWord word = pool.Descriptor(frame).Word;
            if (word.InProgress != 0 || !(handle.Operation == IoOperation.ReadVector
                ? word.Has(BufferWord.Valid)
                : !word.Has(BufferWord.Dirty)))
                break;
            done++;
        }

        DeathPoints.Reach(DeathPoint.TakeoverFramesEnded);
        if (isTransfer)
            handle.Distilled = new IoResult(IoStatus.Partial, done);
        else
            engine.Completion.Distil(index, -(int)Errno.OwnerDead);
        if (handle.Transition(IoHandleState.CompletedIo, IoHandleState.CompletedShared))
            engine.WakeAsyncWaiters(index);
        DeathPoints.Reach(DeathPoint.TakeoverConcluded);
        if (_isOwn.Contains(index / engine.Handles.PerSession))
            End(index, handle.Word);
    }

    private ReadOnlySpan<int> FramesOf(int index) =>
        engine.Handles[index].Arena == FrameArenas.Pool ? engine.Handles.Frames(index) : [];

    // Pages claimed for a read that was not staged; who waits for them reads them himself.
    private void EndReads(int index)
    {
        foreach (int frame in _frames)
        {
            if (pool.Descriptor(frame).Word.InProgress == index + 1)
                pool.Descriptors.EndIo(frame, index, BufferWord.IoError, 0, dropPin: false);
        }
    }

    private void End(int index, IoHandleWord word)
    {
        ref IoHandle handle = ref engine.Handles[index];
        if (!handle.TryEnd(word))
        {
            _isUnfinished = true;
            return;
        }

        DeathPoints.Reach(DeathPoint.TakeoverEnded);

        Empty(ref handle);
        engine.WakeAsyncWaiters(index);
    }

    // As the next owner of the slot expects to find it; the slot is not free yet.
    private static void Empty(ref IoHandle handle)
    {
        handle.Operation = IoOperation.None;
        handle.TargetId = 0;
        handle.Flags = IoHandleFlags.None;
        (handle.CallbackCount, handle.FrameCount, handle.DataLength, handle.Retries) = (0, 0, 0, 0);
        (handle.Purpose, handle.RawResult, handle.Distilled, handle.Previous) = (0, 0, default, 0);
    }
}
