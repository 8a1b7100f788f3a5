using Forebay.Buffers;
using Forebay.Engine;
using Forebay.Handles;
using Forebay.Memory;
using Forebay.Primitives;
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
internal sealed partial class ProcessTakeover(
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
