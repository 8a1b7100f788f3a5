using Forebay.Buffers;
using Forebay.Engine;
using Forebay.Handles;
using Forebay.Interop;
using Forebay.Memory;
using Forebay.Primitives;
using Forebay.Storage;
using Forebay.Telemetry;

namespace Forebay.Takeover;

/// <summary>
/// Gives back what a dead process had: its locks, operations, pins. Nothing of it is believed that can be counted: a
/// frame keeps what the living claim of it. So each step may be done again, by whoever comes next, if the one who did
/// it dies as well. The caller is the only one who takes over at this moment, and knows that no thread of the dead
/// process runs. Its rings may still be there: then what is in them is left alone, with the frames that it has.
/// <code>
/// 1  thaw what another one who died meanwhile has frozen
/// 2  locks of the mapping: finish or undo what was half done under them; gates of relations
/// 3  operations, by their state
/// 4  content locks and pins: count over the living, drop the rest
/// 5  operations that it left half completed are told to be over: until here they name their frames
/// 6  the records of its sessions are cleared, their slots are free
/// </code>
/// </summary>
internal sealed class ProcessTakeover(
    IoEngine engine, BufferPool pool, FrameCensus census, SegmentArray<int> sessionSlots, int deadSlot,
    bool areRingsOver = true)
{
    /// <summary>Frames counted at a time: others wait for their pages meanwhile.</summary>
    private const int BatchMax = 64;

    private const int CountsMax = 16;

    private readonly HashSet<int> _frames = [];
    private readonly List<int> _sessions = [];
    private readonly HashSet<int> _isOwn = []; // the same
    private readonly HashSet<int> _inRings = []; // handles
    private readonly HashSet<int> _left = []; // handles that it had half completed
    private readonly HashSet<int> _leftOpen = []; // frames whose pages are to be read again
    private readonly HashSet<int> _readAgain = []; // frames whose pages have been
    private bool _isUnfinished;

    /// <summary>Why the instance has to stop.</summary>
    public string? StopReason { get; private set; }

    /// <summary>Sessions whose slots were given back.</summary>
    public int SessionsClosed { get; private set; }

    /// <summary>Does all that can be done now.</summary>
    /// <param name="isBegunAgain">Whether somebody else has begun it, and died.</param>
    public TakeoverState Run(bool isBegunAgain = false)
    {
        _isUnfinished = false;
        _inRings.Clear();
        _left.Clear();
        _leftOpen.Clear();
        _readAgain.Clear();
        CollectNames();
        DeathPoints.Reach(DeathPoint.TakeoverNamed);
        if (isBegunAgain)
            CollectFrozen();
        foreach (int frame in _frames)
            Thaw(frame);
        DeathPoints.Reach(DeathPoint.TakeoverThawed);
        RepairMapping();
        pool.Storage.TakeOver(deadSlot);
        DeathPoints.Reach(DeathPoint.TakeoverGatesFree);
        if (engine.SharedMethod?.TryTakeOver(deadSlot) == false)
            return TakeoverState.Unfinished; // the queue's lock may be that of another dead one, who is next
        DeathPoints.Reach(DeathPoint.TakeoverQueueFree);
        for (int handle = 0; handle < engine.Handles.Count; handle++)
        {
            TakeOperation(handle);
            DeathPoints.Reach(DeathPoint.TakeoverOperationDone);
        }

        foreach (int[] batch in _frames.Chunk(BatchMax))
            Count(batch);
        ReadAgain();
        if (StopReason is not null)
            return TakeoverState.MustStop;
        if (_isUnfinished)
            return TakeoverState.Unfinished;
        foreach (int handle in _left)
            Conclude(handle);
        foreach (int session in _sessions)
        {
            if (!_inRings.Any(handle => handle / engine.Handles.PerSession == session))
                Free(session);
        }

        return _inRings.Count > 0 ? TakeoverState.AwaitingRings : TakeoverState.Finished;
    }

    private void CollectNames()
    {
        _sessions.Clear();
        _isOwn.Clear();
        _frames.Clear();
        for (int session = 0; session < sessionSlots.Length; session++)
        {
            if (Volatile.Read(ref sessionSlots[session]) != deadSlot + 1) // acquire: all that it wrote comes with it
                continue;
            _sessions.Add(session);
            _isOwn.Add(session);
            census.NamedBy(session, frame => _frames.Add(frame));
            int perSession = engine.Handles.PerSession;
            for (int handle = session * perSession; handle < (session + 1) * perSession; handle++)
                AddFramesOf(handle);
        }
    }

    // Nobody else takes over at this moment: what is frozen was left so, and may be named by nothing any more.
    private void CollectFrozen()
    {
        for (int frame = 0; frame < pool.FrameCount; frame++)
        {
            ref BufferDescriptor descriptor = ref pool.Descriptor(frame);
            if (descriptor.Word.Has(BufferWord.Frozen) || descriptor.Content.IsFrozen)
                _frames.Add(frame);
        }
    }

    private void AddFramesOf(int index)
    {
        ref IoHandle handle = ref engine.Handles[index];
        if (handle.State == IoHandleState.Idle || handle.Arena != FrameArenas.Pool)
            return;
        foreach (int frame in engine.Handles.Frames(index))
            _frames.Add(frame);
    }

    private void Thaw(int frame)
    {
        ref BufferDescriptor descriptor = ref pool.Descriptor(frame);
        descriptor.Thaw();
        descriptor.Content.Thaw();
    }

    private void RepairMapping()
    {
        for (int partition = 0; partition < BufferMapping.Partitions; partition++)
        {
            ref FutexLock gate = ref pool.Mapping.PartitionLock(partition);

            // It stays the dead one's until all is repaired: if this process dies over it, the next one finds it so.
            if (!gate.TryTakeOver(deadSlot, deadSlot))
                continue;

            DeathPoints.Reach(DeathPoint.TakeoverMappingLocked);

            // Whatever it was doing there it did with a frame that it had claimed before.
            foreach (int frame in _frames)
            {
                if (pool.Mapping.PartitionOf(frame) == partition)
                    pool.Mapping.RepairLocked(frame);
            }

            DeathPoints.Reach(DeathPoint.TakeoverMappingRepaired);
            gate.Exit();
        }
    }

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

    // Nobody comes to what is frozen; who has it may give it back meanwhile. Then it is counted again at once: there
    // are fewer of them each time.
    private void Count(int[] frames)
    {
        SpinWait spinner = default;
        for (int count = 1; frames.Length > 0; count++)
        {
            frames = CountOnce(frames, isLast: count == CountsMax);
            spinner.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <returns>Those of which something was given back meanwhile; they are frozen.</returns>
    private int[] CountOnce(int[] frames, bool isLast)
    {
        var pinned = new BufferWord[frames.Length];
        int[] locked = new int[frames.Length];
        for (int i = 0; i < frames.Length; i++)
        {
            locked[i] = pool.Descriptor(frames[i]).Content.Freeze();
            pinned[i] = pool.Descriptor(frames[i]).Freeze();
            DeathPoints.Reach(DeathPoint.TakeoverFrozen);
        }

        census.Take(frames, deadSlot, _left);
        DeathPoints.Reach(DeathPoint.TakeoverCounted);
        List<int> moved = [];
        for (int i = 0; i < frames.Length; i++)
        {
            if (!TrySettle(frames[i], pinned[i], locked[i], census[frames[i]]))
            {
                if (!isLast)
                {
                    moved.Add(frames[i]);
                    continue;
                }

                Thaw(frames[i]);
                _isUnfinished = true;
            }

            DeathPoints.Reach(DeathPoint.TakeoverSettled);
            pool.Descriptors.Signal(frames[i]);
        }

        return [.. moved];
    }

    /// <returns>False: something was given back meanwhile, and it stays frozen.</returns>
    private bool TrySettle(int frame, BufferWord pinned, int locked, FrameTally living)
    {
        ref BufferDescriptor descriptor = ref pool.Descriptor(frame);
        (_, _, bool wasExclusive) = ContentLock.Holders(locked);
        bool isLeftOpen = wasExclusive && living.Exclusive == 0;
        if (isLeftOpen && !descriptor.Content.IsStill(locked))
            return false; // somebody who lives has given it back: it was his
        if (isLeftOpen && !TryCloseChanged(frame, pinned, living))
        {
            Thaw(frame); // locked as it is: nobody sees what is in it
            return true;
        }

        if (isLeftOpen && living.Pins == 0)
            pinned = descriptor.Word; // nobody who lives could move it; with others' pins it is compared as it was read
        if (!descriptor.Content.TrySettle(
            locked, living.Shared, living.ShareExclusive > 0, living.Exclusive > 0))
            return false;
        DeathPoints.Reach(DeathPoint.TakeoverLockSettled);
        if (!descriptor.TrySettle(pinned, living.Pins, living.Alone > 0))
            return false;
        _isUnfinished |= living.IsMoving;
        return true;
    }

    // The dead one had it locked exclusively, and may have changed half of what he wanted to.
    private bool TryCloseChanged(int frame, BufferWord word, FrameTally living)
    {
        ref BufferDescriptor descriptor = ref pool.Descriptor(frame);
        if (!word.Has(BufferWord.Valid))
            return true; // being added, or read: nobody takes its contents for anything
        if (word.Has(BufferWord.Dirty))
        {
            MustStop(descriptor.Tag, "holds changes that are in no file: what is right there cannot be known");
            return false;
        }

        if (living.Pins == 0)
        {
            descriptor.Change(0, BufferWord.Valid); // nobody else has it: it is read again when it is wanted
            return true;
        }

        // Others have it pinned and take it for valid. They look at it under a lock, which they get when it is right.
        if (!_readAgain.Contains(frame))
            _leftOpen.Add(frame);
        return _readAgain.Contains(frame);
    }

    // The page is in its file as it was before the dead one locked it, since it was clean. The dead one's lock keeps
    // everybody out of the frame, and no I/O is in progress on it: a valid page is not read, and a write has a
    // share-exclusive lock. So the frame is written by nobody but us, until the lock is given back; who takes over from
    // us, if we die over it, finds the same and does the same.
    private void ReadAgain()
    {
        foreach (int frame in _leftOpen)
        {
            BufferTag tag = pool.Descriptor(frame).Tag; // stable: others have pins
            try
            {
                pool.Storage.Read(pool.ForkOf(tag), tag.Block, pool.Page(frame));
                DeathPoints.Reach(DeathPoint.TakeoverReadAgain);
                if (pool.DefaultCheck is { } check && check.Check(pool.Page(frame), tag.Block) != PageVerdict.Good)
                    MustStop(tag, "others are using, and which is damaged in its file");
                else
                    _readAgain.Add(frame);
            }
            catch (StorageException failure)
            {
                MustStop(tag, $"others are using, and which cannot be read again: {failure.Message}");
            }
        }

        foreach (int[] batch in _readAgain.Chunk(BatchMax))
            Count(batch);
    }

    private void MustStop(BufferTag tag, string because) => StopReason ??= "A process died while it was changing block "
        + $"{tag.Block} of relation {tag.Locator}, fork {tag.Fork}, which {because}.";

    private void Free(int session)
    {
        census.Clear(session);
        DeathPoints.Reach(DeathPoint.TakeoverSessionCleared);
        ForgetWait(session);
        SessionsClosed++;

        // Full fence: whoever takes the slot finds its handles idle and its records empty.
        Interlocked.CompareExchange(ref sessionSlots[session], 0, deadSlot + 1);
        DeathPoints.Reach(DeathPoint.TakeoverSessionFree);
    }

    // It may have been registered there, or just about to be.
    private void ForgetWait(int session)
    {
        ref SessionActivity activity = ref engine.Activities[session];
        if (activity.TryReadWait(out WaitKind kind, out int subject, out _, out _))
        {
            bool isAtPage = kind is WaitKind.ContentLock or WaitKind.PinsOfOthers;
            if (isAtPage && (uint)subject < (uint)pool.Descriptors.Length)
                pool.Descriptor(subject).Wait.Forget();
            else if (!isAtPage && (uint)subject < (uint)engine.Handles.Count)
                engine.Handles[subject].Wait.Forget();
        }

        activity.EndWait();
    }
}
