using Forebay.Buffers;
using Forebay.Conformance.Buffers;
using Forebay.Handles;
using Forebay.Memory;
using Forebay.Streams;
using Forebay.Takeover;
using Forebay.Telemetry;
using Shared;

namespace Forebay.Conformance.Takeover;

/// <summary>
/// What a dead process left is given back, wherever it stood. The dead one is a session of this process whose slot is
/// made another process's; its object is used no more.
/// </summary>
public sealed class ProcessTakeoverTests
{
    private const int Dead = 5;

    public static TheoryData<string, bool> Methods => PoolScenario.Methods;

    [Theory, MemberData(nameof(Methods))]
    public void Run_PinsOfTheDead_AreDroppedAndThoseOfTheLivingStay(string method, bool direct)
    {
        using PoolScenario scenario = new(method, direct, relationPages: 16);
        using ForebaySession living = scenario.Instance.OpenSession();
        ForebaySession dead = scenario.Instance.OpenSession();
        BufferPin[] pins = new BufferPin[4];
        for (uint block = 0; block < 4; block++)
            pins[block] = dead.Read(scenario.Fork, block).Pin;
        using PinnedPage mine = living.Read(scenario.Fork, 0);
        using PinnedPage again = living.Read(scenario.Fork, 0);
        scenario.Instance.Disown(dead, Dead);

        ProcessTakeover takeover = scenario.Instance.TakeoverOf(Dead);

        Assert.Equal(TakeoverState.Finished, takeover.Run());
        Assert.Equal(1, takeover.SessionsClosed);
        Assert.Equal([2, 0, 0, 0], pins.Select(pin => Word(scenario, pin.Frame).Pins));
        using ForebaySession next = scenario.Instance.OpenSession();
        Assert.Equal(dead.Io.Slot, next.Io.Slot);
        Assert.Equal(0, next.Shared.Claims.Count);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Run_DiedBetweenReachingAndNoting_NothingIsLostNorDroppedTwice(bool isPinned, bool isNoted)
    {
        using PoolScenario scenario = new("sync", direct: false, relationPages: 16);
        using ForebaySession living = scenario.Instance.OpenSession();
        ForebaySession dead = scenario.Instance.OpenSession();
        using PinnedPage mine = living.Read(scenario.Fork, 3);
        int frame = mine.Pin.Frame;
        dead.Shared.IsShared = true;
        dead.Shared.Claims.Reach(frame);
        if (isPinned)
            scenario.Instance.Pool.Descriptor(frame).PinAgain();
        if (isNoted)
            dead.Shared.Claims.Add(frame, ClaimKind.Pin); // and not yet settled
        scenario.Instance.Disown(dead, Dead);

        Assert.Equal(TakeoverState.Finished, scenario.Instance.TakeoverOf(Dead).Run());

        Assert.Equal(1, Word(scenario, frame).Pins);
        Assert.False(Word(scenario, frame).Has(BufferWord.Frozen));
    }

    [Fact]
    public void Run_LivingSessionIsReachingForTheFrame_LooksAgain()
    {
        using PoolScenario scenario = new("sync", direct: false, relationPages: 16);
        using ForebaySession living = scenario.Instance.OpenSession();
        ForebaySession dead = scenario.Instance.OpenSession();
        int frame = dead.Read(scenario.Fork, 3).Pin.Frame;
        living.Shared.IsShared = true;
        living.Shared.Claims.Reach(frame);
        scenario.Instance.Disown(dead, Dead);
        ProcessTakeover takeover = scenario.Instance.TakeoverOf(Dead);

        Assert.Equal(TakeoverState.Unfinished, takeover.Run());
        Assert.Equal(1, Word(scenario, frame).Pins); // it might be the living one's
        living.Shared.Claims.Settle();

        Assert.Equal(TakeoverState.Finished, takeover.Run());
        Assert.Equal(0, Word(scenario, frame).Pins);
    }

    [Fact]
    public void Run_DeadSessionWaitedAtAPage_ItIsNotCountedAmongItsWaiters()
    {
        using PoolScenario scenario = new("sync", direct: false, relationPages: 16);
        using ForebaySession living = scenario.Instance.OpenSession();
        ForebaySession dead = scenario.Instance.OpenSession();
        using PinnedPage mine = living.Read(scenario.Fork, 3);
        int frame = mine.Pin.Frame;
        dead.Read(scenario.Fork, 3);
        dead.Io.Activity.BeginWait(WaitKind.ContentLock, frame);
        scenario.Instance.Pool.Descriptor(frame).Wait.Register();
        scenario.Instance.Disown(dead, Dead);

        Assert.Equal(TakeoverState.Finished, scenario.Instance.TakeoverOf(Dead).Run());

        Assert.Equal(0, scenario.Instance.Pool.Descriptor(frame).Wait.Waiters);
        Assert.Empty(scenario.Instance.GetWaits());
    }

    [Fact]
    public void Run_RingsAreNotOver_AllButWhatIsInThemIsTakenOver()
    {
        using PoolScenario scenario = new("worker", direct: false, relationPages: 16);
        ForebaySession reading = scenario.Instance.OpenSession();
        ForebaySession other = scenario.Instance.OpenSession();
        int handle = StageRead(scenario, reading, 3, out int frame);
        int pinned = other.Read(scenario.Fork, 4).Pin.Frame;
        ref IoHandle record = ref scenario.Instance.Engine.Handles[handle];
        Assert.True(record.TryClaim(record.Word.Generation, Dead));
        scenario.Instance.Disown(reading, Dead);
        scenario.Instance.Disown(other, Dead);

        ProcessTakeover first = scenario.Instance.TakeoverOf(Dead, areRingsOver: false);
        Assert.Equal(TakeoverState.AwaitingRings, first.Run());
        Assert.Equal(TakeoverState.AwaitingRings, first.Run());
        Assert.Equal(1, first.SessionsClosed);
        Assert.Equal(0, Word(scenario, pinned).Pins);
        Assert.Equal((1, handle + 1), (Word(scenario, frame).Pins, Word(scenario, frame).InProgress));
        Assert.Equal(IoHandleState.Submitted, record.State);

        ProcessTakeover second = scenario.Instance.TakeoverOf(Dead);
        Assert.Equal(TakeoverState.Finished, second.Run());
        Assert.Equal(1, second.SessionsClosed);
        Assert.Equal((0, 0), (Word(scenario, frame).Pins, Word(scenario, frame).InProgress));
        Assert.Equal(IoHandleState.Idle, record.State);
    }

    [Theory]
    [InlineData(ContentLockMode.Shared)]
    [InlineData(ContentLockMode.ShareExclusive)]
    public void Run_LockThatChangesNothing_IsGivenBackToWhoWaits(ContentLockMode mode)
    {
        using PoolScenario scenario = new("worker", direct: false, relationPages: 16);
        using ForebaySession living = scenario.Instance.OpenSession();
        ForebaySession dead = scenario.Instance.OpenSession();
        dead.Read(scenario.Fork, 3).Lock(mode);
        scenario.Instance.Disown(dead, Dead);
        using PinnedPage mine = living.Read(scenario.Fork, 3);
        Task waiter = Background.Run(() => mine.Lock(ContentLockMode.Exclusive).Dispose());

        while (scenario.Instance.TakeoverOf(Dead).Run() == TakeoverState.Unfinished)
            Thread.Yield(); // the waiter was just trying

        Background.Join(waiter);
        Assert.True(scenario.Instance.Pool.Descriptor(mine.Pin.Frame).Content.IsFree);
    }

    [Fact]
    public void Run_LockedExclusivelyAndClean_IsReadAgain()
    {
        using PoolScenario scenario = new("sync", direct: false, relationPages: 16);
        using ForebaySession living = scenario.Instance.OpenSession();
        ForebaySession dead = scenario.Instance.OpenSession();
        dead.Read(scenario.Fork, 3).Lock(ContentLockMode.Exclusive).Contents[..1000].Fill(0xEE);
        scenario.Instance.Disown(dead, Dead);

        Assert.Equal(TakeoverState.Finished, scenario.Instance.TakeoverOf(Dead).Run());

        using PinnedPage page = living.Read(scenario.Fork, 3);
        Assert.Equal(1u, PoolScenario.Expect(page.Span, 3));
        Assert.True(scenario.Instance.Pool.Descriptor(page.Pin.Frame).Content.IsFree);
    }

    [Fact]
    public void Run_LockedExclusivelyAndDirty_StopsAndNamesThePage()
    {
        using PoolScenario scenario = new("sync", direct: false, relationPages: 16);
        ForebaySession dead = scenario.Instance.OpenSession();
        using ForebaySession living = scenario.Instance.OpenSession();
        LockedPage locked = dead.Read(scenario.Fork, 3).Lock(ContentLockMode.Exclusive);
        locked.MarkDirty();
        scenario.Instance.Disown(dead, Dead);
        ProcessTakeover takeover = scenario.Instance.TakeoverOf(Dead);

        Assert.Equal(TakeoverState.MustStop, takeover.Run());
        Assert.Contains("block 3", takeover.StopReason);
        Assert.Equal(TakeoverState.MustStop, takeover.Run()); // and again
    }

    [Fact]
    public void Run_LockedExclusivelyAndCleanAndPinnedByOthers_IsReadAgainInPlace()
    {
        using PoolScenario scenario = new("sync", direct: false, relationPages: 16);
        using ForebaySession living = scenario.Instance.OpenSession();
        ForebaySession dead = scenario.Instance.OpenSession();
        using PinnedPage mine = living.Read(scenario.Fork, 3);
        dead.Read(scenario.Fork, 3).Lock(ContentLockMode.Exclusive).Contents[..1000].Fill(0xEE);
        scenario.Instance.Disown(dead, Dead);
        Task<uint> waiter = Background.Run(() =>
        {
            using LockedPage locked = mine.Lock(ContentLockMode.Shared);
            return PoolScenario.Expect(mine.Span, 3);
        });

        while (scenario.Instance.TakeoverOf(Dead).Run() == TakeoverState.Unfinished)
            Thread.Yield(); // the waiter was just trying

        Assert.Equal(1u, Background.Join(waiter));
        Assert.Equal(1, Word(scenario, mine.Pin.Frame).Pins);
        Assert.True(Word(scenario, mine.Pin.Frame).Has(BufferWord.Valid));
        Assert.True(scenario.Instance.Pool.Descriptor(mine.Pin.Frame).Content.IsFree);
    }

    [Fact]
    public void Run_LockedExclusivelyAndCleanAndNotInItsFileAnyMore_Stops()
    {
        using PoolScenario scenario = new("sync", direct: false, relationPages: 16);
        using ForebaySession living = scenario.Instance.OpenSession();
        ForebaySession dead = scenario.Instance.OpenSession();
        using PinnedPage mine = living.Read(scenario.Fork, 15);
        dead.Read(scenario.Fork, 15).Lock(ContentLockMode.Exclusive).Contents[..1000].Fill(0xEE);
        scenario.Instance.Disown(dead, Dead);
        scenario.Instance.Storage.Truncate(scenario.Fork, 15); // behind the pool's back
        ProcessTakeover takeover = scenario.Instance.TakeoverOf(Dead);

        Assert.Equal(TakeoverState.MustStop, takeover.Run());
        Assert.Contains("block 15", takeover.StopReason);
        Assert.False(scenario.Instance.Pool.Descriptor(mine.Pin.Frame).Content.IsFree); // nobody sees what is in it
    }

    [Fact]
    public void Run_DiedBetweenTagAndMapping_ThePageIsFoundOnceMore()
    {
        using PoolScenario scenario = new("sync", direct: false, relationPages: 16);
        using ForebaySession living = scenario.Instance.OpenSession();
        ForebaySession dead = scenario.Instance.OpenSession();
        BufferPool pool = scenario.Instance.Pool;
        BufferPin pin = dead.Read(scenario.Fork, 3).Pin;
        uint hash = pool.Descriptor(pin.Frame).Tag.Hash();
        ref FutexLock gate = ref pool.Mapping.LockOf(hash);
        gate.Enter(Dead);
        pool.Mapping.RemoveLocked(pin.Frame, hash); // its tag is valid: as between the two steps of adopting
        scenario.Instance.Disown(dead, Dead);
        Task waiter = Background.Run(() => living.Read(scenario.Fork, 3).Dispose()); // for the partition's lock

        Assert.Equal(TakeoverState.Finished, scenario.Instance.TakeoverOf(Dead).Run());

        Background.Join(waiter);
        using PinnedPage page = living.Read(scenario.Fork, 3);
        Assert.Equal(pin.Frame, page.Pin.Frame);
        Assert.False(pool.Mapping.LockOf(hash).IsHeld);
    }

    [Fact]
    public void Run_DiedBetweenForgettingAndUnmapping_TheFrameLeavesItsChain()
    {
        using PoolScenario scenario = new("sync", direct: false, relationPages: 16);
        ForebaySession dead = scenario.Instance.OpenSession();
        BufferPool pool = scenario.Instance.Pool;
        BufferPin pin = dead.Read(scenario.Fork, 3).Pin;
        BufferTag tag = pool.Descriptor(pin.Frame).Tag;
        pool.Mapping.LockOf(tag.Hash()).Enter(Dead);
        pool.Descriptor(pin.Frame).Change(0, BufferWord.TagValid | BufferWord.Valid);
        scenario.Instance.Disown(dead, Dead);

        Assert.Equal(TakeoverState.Finished, scenario.Instance.TakeoverOf(Dead).Run());

        ref FutexLock gate = ref pool.Mapping.LockOf(tag.Hash());
        gate.Enter();
        Assert.Equal(-1, pool.Mapping.FindLocked(tag, tag.Hash()));
        gate.Exit();
        using ForebaySession living = scenario.Instance.OpenSession();
        using PinnedPage page = living.Read(scenario.Fork, 3);
        Assert.Equal(1u, PoolScenario.Expect(page.Span, 3));
    }

    [Theory, MemberData(nameof(Methods))]
    public void Run_OperationStaged_EndsAndWhoJoinedReadsHimself(string method, bool direct)
    {
        Assert.SkipWhen(method == "sync", "The method sync stages nothing.");
        using PoolScenario scenario = new(method, direct, relationPages: 16);
        using ForebaySession living = scenario.Instance.OpenSession();
        ForebaySession dead = scenario.Instance.OpenSession();
        int handle = StageRead(scenario, dead, 3, out _);
        scenario.Instance.Disown(dead, Dead);

        Assert.Equal(TakeoverState.Finished, scenario.Instance.TakeoverOf(Dead).Run());

        Assert.Equal(IoHandleState.Idle, scenario.Instance.Engine.Handles[handle].State);
        using PinnedPage page = living.Read(scenario.Fork, 3);
        Assert.Equal(1u, PoolScenario.Expect(page.Span, 3));
        Assert.Equal(1, Word(scenario, page.Pin.Frame).Pins);
    }

    [Fact]
    public void Run_HandleHandedOutWithPagesClaimed_ThePagesAreFree()
    {
        using PoolScenario scenario = new("worker", direct: false, relationPages: 16);
        using ForebaySession living = scenario.Instance.OpenSession();
        ForebaySession dead = scenario.Instance.OpenSession();
        dead.Shared.Pin(scenario.Fork, 3, null, mayWait: true, out BufferPin pin);
        Assert.True(dead.Io.TryAcquire(null, out int handle));
        Assert.Equal(BufferClaim.Claimed, scenario.Instance.Pool.Descriptors.TryClaimRead(pin.Frame, handle, out _));
        scenario.Instance.Disown(dead, Dead);
        Task waiter = Background.Run(() =>
        {
            using PinnedPage page = living.Read(scenario.Fork, 3); // waits for the handle
            Assert.Equal(1u, PoolScenario.Expect(page.Span, 3));
        });

        while (scenario.Instance.TakeoverOf(Dead).Run() == TakeoverState.Unfinished)
            Thread.Yield(); // the waiter was just pinning

        Background.Join(waiter);
        Assert.Equal((0, 0), (Word(scenario, pin.Frame).Pins, Word(scenario, pin.Frame).InProgress));
    }

    [Theory]
    [InlineData(IoHandleState.Submitted)]
    [InlineData(IoHandleState.CompletedIo)]
    public void Run_ExecutorDied_TheLivingIssuerSeesItsPage(IoHandleState diedIn)
    {
        using PoolScenario scenario = new("worker", direct: false, relationPages: 16);
        using ForebaySession living = scenario.Instance.OpenSession();
        int handle = StageRead(scenario, living, 3, out _);
        ref IoHandle record = ref scenario.Instance.Engine.Handles[handle];
        Assert.True(record.TryClaim(record.Word.Generation, Dead));
        if (diedIn == IoHandleState.CompletedIo)
            record.Transition(IoHandleState.Submitted, IoHandleState.CompletedIo);

        ProcessTakeover takeover = scenario.Instance.TakeoverOf(Dead);
        while (takeover.Run() == TakeoverState.Unfinished)
            Thread.Yield();
        living.Io.ExitBatch();
        living.Io.WaitForAll();

        using PinnedPage page = living.Read(scenario.Fork, 3);
        Assert.Equal(1u, PoolScenario.Expect(page.Span, 3));
        living.Shared.UnpinAll();
        Assert.Equal((0, 0), (Word(scenario, page.Pin.Frame).Pins, Word(scenario, page.Pin.Frame).InProgress));
    }

    // A disk that is slow with one operation keeps nobody from taking over, also from the next one that dies.
    [Fact]
    public void Run_OperationOfTheDeadHangsWhenItIsDoneAgain_TheTakeoverIsOverBefore()
    {
        using ManualResetEventSlim held = new();
        using ManualResetEventSlim isOver = new();
        ScriptedHoldPoints points = new();
        using PoolScenario scenario = new(
            "worker", direct: false, relationPages: 16, change: draft => draft.HoldPoints = points);
        using ForebaySession living = scenario.Instance.OpenSession();
        int handle = StageRead(scenario, living, 3, out int frame);
        ref IoHandle record = ref scenario.Instance.Engine.Handles[handle];
        Assert.True(record.TryClaim(record.Word.Generation, Dead));
        points[HoldPoint.BeforeExecute] = (in IoHandleView view, ref int _) =>
        {
            held.Set();
            Assert.True(isOver.Wait(Background.Limit));
        };
        try
        {
            Task<TakeoverState> taking = Background.Run(() => scenario.Instance.TakeoverOf(Dead).Run());
            Assert.True(held.Wait(Background.Limit));
            Assert.Equal(TakeoverState.Finished, Background.Join(taking));
            Assert.Equal(TakeoverState.Finished, scenario.Instance.TakeoverOf(Dead + 1).Run());
            Assert.Equal(IoHandleState.Submitted, record.State);
        }
        finally
        {
            isOver.Set();
        }

        living.Io.ExitBatch();
        living.Io.WaitForAll();
        using PinnedPage page = living.Read(scenario.Fork, 3);
        Assert.Equal(frame, page.Pin.Frame);
        Assert.Equal(1u, PoolScenario.Expect(page.Span, 3));
        living.Shared.UnpinAll();
    }

    // Opens a batch, so that the read is described and goes no further.
    internal static int StageRead(PoolScenario scenario, ForebaySession session, uint block, out int frame)
    {
        session.Io.EnterBatch();
        ReadRun run = new(session.Shared);
        BufferPin[] pins = new BufferPin[1];
        int count = 1;
        ReadRunRequest request = new(scenario.Fork, null, 0);
        Assert.Equal(ReadRunStart.Started, run.Start(request, block, pins, 0, ref count, default, mayWait: true));
        frame = pins[0].Frame;
        int handle = Word(scenario, frame).InProgress - 1;
        ref IoHandle record = ref scenario.Instance.Engine.Handles[handle];
        scenario.Instance.Storage.Target.Release(record.File); // as where processes share: who executes it opens it
        record.File = FileLease.None;
        return handle;
    }

    private static BufferWord Word(PoolScenario scenario, int frame) => scenario.Instance.Pool.Descriptor(frame).Word;
}
