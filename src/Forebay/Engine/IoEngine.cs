using System.Diagnostics;
using System.Runtime.CompilerServices;
using Forebay.Callbacks;
using Forebay.Handles;
using Forebay.Memory;
using Forebay.Methods;
using Forebay.Primitives;
using Forebay.Processes;
using Forebay.Targets;
using Forebay.Telemetry;

namespace Forebay.Engine;

/// <summary>
/// The asynchronous I/O of one instance in this process: handles, callbacks, targets, the method, and the waiting that
/// belongs to all of them. Sessions issue; any thread may wait. Made once, disposed after its last session.
/// </summary>
internal sealed partial class IoEngine : IDisposable
{
    private readonly AsyncWaiters _asyncWaiters;
    private readonly IHoldPoints? _holdPoints;
    private readonly SegmentArray<int> _slots;
    private readonly SegmentArray<int> _slotGenerations;
    private readonly SegmentArray<long> _tallies;
    private readonly BlockingExecutor _executor;
    private readonly SecondTries _secondTries;
    private int _openSessions;

    /// <summary>
    /// An engine over its regions of a segment; <paramref name="createMethod"/> starts the method. The registries are
    /// frozen.
    /// </summary>
    public IoEngine(
        SharedSegment segment,
        IoEngineLayout layout,
        IoCallbackRegistry callbacks,
        IoTargetRegistry targets,
        FrameArenas arenas,
        Func<MethodServices, IIoMethod> createMethod,
        IHoldPoints? holdPoints = null,
        ProcessTable? processes = null)
    {
        callbacks.Freeze(); // before the method starts its threads
        targets.Freeze();
        Processes = processes ?? ProcessTable.Alone;
        _isShared = Processes.IsShared;
        Handles = new IoHandleTable(segment, layout.Handles);
        Callbacks = callbacks;
        Targets = targets;
        Arenas = arenas;
        _holdPoints = holdPoints;
        _slots = segment.Array(layout.Slots);
        _slotGenerations = segment.Array(layout.SlotGenerations);
        _tallies = segment.Array(layout.Tallies);
        Activities = segment.Array(layout.Activities);
        _asyncWaiters = new AsyncWaiters(Handles.Count, _isShared ? Processes : null);
        Completion = new IoCompletion(Handles, callbacks, targets, _asyncWaiters, holdPoints);
        MethodServices services = new(Handles, targets, arenas, Completion, holdPoints)
        {
            Processes = Processes,
        };
        _executor = new BlockingExecutor(services);
        _secondTries = new SecondTries(ExecuteAgain);
        Method = createMethod(services);
        if (!_isShared)
            return;
        _sharedMethod = Method as ISharedMethod;
        _helper = new ProcessHelper(this, _asyncWaiters);
        _helper.Start();
    }

    /// <summary>All handles.</summary>
    public IoHandleTable Handles { get; }

    /// <summary>What each session does now, by slot.</summary>
    public SegmentArray<SessionActivity> Activities { get; }

    /// <summary>What a session slot has counted.</summary>
    public SessionTally TallyOf(int slot) => new(_tallies, slot);

    /// <summary>Callbacks by id.</summary>
    public IoCallbackRegistry Callbacks { get; }

    /// <summary>Targets by id.</summary>
    public IoTargetRegistry Targets { get; }

    /// <summary>Frame arenas by id.</summary>
    public FrameArenas Arenas { get; }

    /// <summary>The method in use.</summary>
    public IIoMethod Method { get; }

    /// <summary>Where operations complete.</summary>
    public IoCompletion Completion { get; }

    /// <summary>The processes of the instance.</summary>
    public ProcessTable Processes { get; }

    /// <summary>Slot of this process: what its locks in the segment are marked with.</summary>
    public int ProcessSlot => Processes.Own;

    /// <summary>Session slots: process slot plus one of the process whose session has it, 0 = free.</summary>
    internal SegmentArray<int> SessionSlots => _slots;

    /// <summary>Sessions of this process that are open.</summary>
    public int OpenSessions => Volatile.Read(ref _openSessions); // a reading; exact when no session is opened or closed

    /// <summary>Opens a session in a free slot.</summary>
    /// <exception cref="InvalidOperationException">All slots are in use.</exception>
    public IoSession OpenSession()
    {
        for (int slot = 0; slot < _slots.Length; slot++)
        {
            // Acquire: a slot that was given back has idle handles only. Full fence in taking it: one of several wins,
            // and whose it is from here on is in the word itself.
            if (Volatile.Read(ref _slots[slot]) != 0
                || Interlocked.CompareExchange(ref _slots[slot], ProcessSlot + 1, 0) != 0)
                continue;
            DeathPoints.Reach(DeathPoint.SessionSlotTaken);
            _slotGenerations[slot]++; // plain: the slot's owner alone writes it
            Interlocked.Increment(ref _openSessions); // atomic: several threads open
            return new IoSession(this, slot);
        }

        throw new InvalidOperationException($"All {_slots.Length} session slots are in use (setting max_sessions).");
    }

    internal void CloseSlot(int slot)
    {
        // Full fence: whoever takes the slot finds its handles idle.
        Invariant.Check(Interlocked.CompareExchange(ref _slots[slot], 0, ProcessSlot + 1) == ProcessSlot + 1,
            "I-08: a session slot was closed twice");
        Interlocked.Decrement(ref _openSessions); // atomic: several threads close
        DeathPoints.Reach(DeathPoint.SessionSlotFree);
    }

    /// <summary>The session in a slot becomes another process's.</summary>
    internal void Disown(int slot, int processSlot)
    {
        Volatile.Write(ref _slots[slot], processSlot + 1); // release: what the session did comes before
        Interlocked.Decrement(ref _openSessions); // atomic: as above
    }

    /// <summary>Whether the operation is executed by whoever claims it, instead of being submitted.</summary>
    internal bool MustExecuteInPlace(in IoHandleView view) =>
        (view.Flags & IoHandleFlags.Synchronous) != 0 || Method.MustExecuteSynchronously(view);

    /// <summary>Executes a claimed handle in this thread, to completion.</summary>
    internal void ExecuteInPlace(int handle)
    {
        MarkSubmitted(handle, Stopwatch.GetTimestamp());
        ExecuteMarked(handle);
    }

    private void ExecuteMarked(int handle)
    {
        if (_isShared)
            _ = TryOpenHere(handle); // if it cannot, that is what executing it brings
        DeathPoints.Reach(DeathPoint.FileOpened);
        _executor.Execute(handle);
    }

    /// <summary>
    /// Hands claimed handles (now Submitted) to the method, and tells those who waited for just that.
    /// </summary>
    internal void SubmitClaimed(ReadOnlySpan<int> claimed, int stripe)
    {
        long now = Stopwatch.GetTimestamp(); // one for all
        foreach (int handle in claimed)
            MarkSubmitted(handle, now);
        try
        {
            if (_isShared)
                SubmitOpened(claimed, stripe);
            else
                Method.Submit(claimed, stripe);
        }
        catch (Exception exception) when (exception is not InvariantException)
        {
            Invariant.Fail($"I-15: the I/O method '{Method.Name}' did not take its operations: {exception}");
        }

        DeathPoints.Reach(DeathPoint.MethodHasIt);

        // Full fence: the method's writes (where each operation went) are visible before the waiters are counted; a
        // waiter that registers later reads them. From here on a handle may be reused: a signal is then just spurious.
        Interlocked.MemoryBarrier();
        foreach (int handle in claimed)
            SignalMoved(handle);
    }

    /// <summary>
    /// An operation whose executor has died is executed by this process, from the beginning, on another thread: who
    /// takes over waits for no disk.
    /// </summary>
    internal void SubmitAgain(int handle)
    {
        ref IoHandle record = ref Handles[handle];
        record.Lane = 0;
        record.RawResult = 0;
        record.File = FileLease.None; // the open file died with its process
        MarkSubmitted(handle, Stopwatch.GetTimestamp()); // here: who takes over from us finds whose it is
        _secondTries.Add(handle);
    }

    private void ExecuteAgain(int handle)
    {
        _ = TryOpenHere(handle); // if it cannot, that is what executing it brings
        ExecuteMarked(handle);
    }

    /// <summary>
    /// A reference to the present use of any session's handle, found for instance in a page's state. Whether that use
    /// is the one that was meant, the caller finds out by reading that state again. None if the handle is idle.
    /// </summary>
    public IoWaitReference Reference(int handle)
    {
        IoHandleWord word = Handles[handle].Word;
        return word.State == IoHandleState.Idle ? default : IoWaitReference.To(handle, word.Generation);
    }

    /// <summary>
    /// Waits until the operation is over for everybody but its issuer. Any thread that owns no session.
    /// </summary>
    public void Wait(IoWaitReference reference)
    {
        if (reference.IsValid)
            WaitCore(reference.Index, reference.Generation);
    }

    /// <summary>Whether the operation is over for everybody but its issuer; completes what is ready.</summary>
    public bool IsOver(IoWaitReference reference)
    {
        if (!reference.IsValid)
            return true;
        ref IoHandle handle = ref Handles[reference.Index];
        if (handle.Word.IsOver(reference.Generation))
            return true;
        if (!Method.NeedsHelp || ExecutorElsewhere(ref handle) != 0)
            return false;
        Method.TryHelp(reference.Index);
        return handle.Word.IsOver(reference.Generation);
    }

    /// <summary>
    /// The blocking wait. Every state has its way forward that does not depend on the issuer: what is staged is
    /// claimed and submitted here, what is submitted is helped along.
    /// </summary>
    /// <exception cref="InstanceStoppedException">
    /// Only if <paramref name="endsOnStop"/>; without, the operation is waited for even then.
    /// </exception>
    internal void WaitCore(int index, long generation, bool endsOnStop = false)
    {
        HookGuard.CheckOutside();
        ref IoHandle handle = ref Handles[index];
        while (true)
        {
            IoHandleWord word = handle.Word;
            if (word.IsOver(generation))
                return;
            CheckBegun(word, index);
            if (TryAdvance(index, generation, word.State))
                continue;
            int elsewhere = 0;
            if (word.State == IoHandleState.Submitted && MayHelp(ref handle))
            {
                elsewhere = ExecutorElsewhere(ref handle);
                if (elsewhere == 0)
                {
                    Method.Help(index, generation);
                    continue;
                }

                Processes.AskForHelp(elsewhere - 1);
            }

            int ticket = handle.Wait.Register();
            if (handle.Word == word && (elsewhere != 0 || !MayHelp(ref handle)))
                handle.Wait.Sleep(ticket, SleepMs);
            handle.Wait.Unregister();
            if (endsOnStop)
                Processes.Sign.Check();
            if (_isShared && handle.Word == word)
                NudgeMethod();
        }
    }

    /// <summary>One asynchronous sleep: resumed when the handle may have moved. The caller loops.</summary>
    /// <returns>Whether it slept; false = the handle moved meanwhile.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal async ValueTask<bool> SleepAsync(AsyncWaiter waiter, int index, long generation, CancellationToken stop)
    {
        HookGuard.CheckOutside();
        IoHandleWord word = Handles[index].Word;
        if (word.IsOver(generation))
            return false;
        CheckBegun(word, index);
        if (TryAdvance(index, generation, word.State))
            return false;

        ValueTask armed = waiter.Arm();
        CancellationTokenRegistration registration = default;
        bool awaited = false;
        bool settled = false;
        _asyncWaiters.Add(index, waiter);
        Handles[index].Wait.Register(); // full fence: the re-reading below stays behind it
        try
        {
            if (Method.NeedsHelp)
            {
                Method.BeginAwait();
                awaited = true;
            }

            if (Method.NeedsHelp && ExecutorElsewhere(ref Handles[index]) is > 0 and int elsewhere)
                Processes.AskForHelp(elsewhere - 1); // at worst of who had it before: one look too many
            registration = stop.UnsafeRegister(static state => ((AsyncWaiter)state!).Resume(), waiter);

            // Moved meanwhile, and nobody resumes us for it: then there is nothing to await.
            if (Handles[index].Word == word || !waiter.TryDisarm())
                await armed.ConfigureAwait(false);
            settled = true;
        }
        finally
        {
            await registration.DisposeAsync().ConfigureAwait(false);
            if (awaited)
                Method.EndAwait();
            Handles[index].Wait.Unregister();
            _asyncWaiters.Remove(index, waiter);
            if (!settled && !waiter.TryDisarm())
                await armed.ConfigureAwait(false); // an exception above; the waiter is free once this resumption is in
        }

        return true;
    }

    // A reference is taken while its use is under way, so it never meets Idle: this one was made up.
    private static void CheckBegun(IoHandleWord word, int index)
    {
        if (word.State == IoHandleState.Idle)
            throw new InvalidOperationException($"The wait reference names a use of I/O handle {index} not yet begun.");
    }

    /// <summary>Submits somebody's staged operation instead of waiting for them to do it.</summary>
    private bool TryAdvance(int index, long generation, IoHandleState state)
    {
        if (state != IoHandleState.Staged || (_isShared && IsBeyondReach(index))
            || !Handles[index].TryClaim(generation, ProcessSlot))
            return false;
        if (MustExecuteInPlace(new IoHandleView(Handles, index)))
            ExecuteInPlace(index);
        else
            SubmitClaimed([index], index);
        return true;
    }

    // Under a method that needs help, a handle without a lane is still on its way into the method: the submitter
    // signals when it is there. What runs synchronously never gets a lane.
    private bool MayHelp(ref IoHandle handle) =>
        Method.NeedsHelp && Volatile.Read(ref handle.Lane) > 0; // acquire: the lane's contents come with its number

    private void MarkSubmitted(int index, long now)
    {
        DeathPoints.Reach(DeathPoint.SubmissionClaimed);
        ref IoHandle handle = ref Handles[index];
        handle.Executor = (byte)(ProcessSlot + 1); // plain: as the next; a waiter that finds the lane finds this too
        handle.SubmittedAt = now; // plain: the claimer alone writes until it is with the method
        DeathPoints.Reach(DeathPoint.Submitted);
        int ignored = 0;
        _holdPoints?.Reached(HoldPoint.BeforeSubmit, new IoHandleView(Handles, index), ref ignored);
    }

    private void SignalMoved(int index)
    {
        if (Handles[index].Wait.Signal())
            _asyncWaiters.WakeEverywhere(index);
    }

    /// <summary>For the caller of a transition that found waiters: the asynchronous ones are woken here.</summary>
    internal void WakeAsyncWaiters(int index) => _asyncWaiters.WakeEverywhere(index);

    internal void NudgeMethod() => _sharedMethod?.Nudge();

    /// <summary>Stops the method. All sessions are closed, so nothing is in flight.</summary>
    public void Dispose()
    {
        Invariant.Check(OpenSessions == 0, "I-09: the engine was disposed before its sessions");
        _secondTries.Dispose();
        _helper?.Dispose();
        Method.Dispose();
    }
}
