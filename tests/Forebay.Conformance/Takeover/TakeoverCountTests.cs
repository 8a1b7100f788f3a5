using Forebay.Buffers;
using Forebay.Conformance.Buffers;
using Forebay.Engine;
using Forebay.Handles;
using Forebay.Storage;
using Forebay.Streams;
using Forebay.Takeover;

namespace Forebay.Conformance.Takeover;

/// <summary>
/// What is counted over the living is exact, or is counted again: a session that is just moving something is looked at
/// once more, and until all is settled the dead one's operations name their frames. As in
/// <see cref="ProcessTakeoverTests"/> the dead one is a session of this process.
/// </summary>
public sealed class TakeoverCountTests
{
    private const int Dead = 5;

    [Fact]
    public void Run_LivingOneOnlyTriesForTheLock_TheDeadOnesIsNotTakenForHis()
    {
        using PoolScenario scenario = new("sync", direct: false, relationPages: 16);
        using ForebaySession living = scenario.Instance.OpenSession();
        ForebaySession dead = scenario.Instance.OpenSession();
        int frame = ReadAndLock(scenario, dead, ContentLockMode.ShareExclusive);
        living.Shared.Claims.Reach(frame);
        living.Shared.Claims.Add(frame, ClaimKind.ShareExclusive); // as before each attempt
        scenario.Instance.Disown(dead, Dead);
        ProcessTakeover takeover = scenario.Instance.TakeoverOf(Dead);

        Assert.Equal(TakeoverState.Unfinished, takeover.Run());
        living.Shared.Claims.Remove(frame, ClaimKind.ShareExclusive);
        living.Shared.Claims.Settle();

        Assert.Equal(TakeoverState.Finished, takeover.Run());
        Assert.True(scenario.Instance.Pool.Descriptor(frame).Content.IsFree);
        Assert.Equal(0, Word(scenario, frame).Pins);
    }

    [Fact]
    public void Run_LivingOneHasTheLock_ItStays()
    {
        using PoolScenario scenario = new("sync", direct: false, relationPages: 16);
        using ForebaySession living = scenario.Instance.OpenSession();
        ForebaySession dead = scenario.Instance.OpenSession();
        int frame = ReadAndLock(scenario, dead, ContentLockMode.Shared);
        using PinnedPage mine = living.Read(scenario.Fork, 3);
        using LockedPage locked = mine.Lock(ContentLockMode.Shared);
        scenario.Instance.Disown(dead, Dead);

        Assert.Equal(TakeoverState.Finished, scenario.Instance.TakeoverOf(Dead).Run());

        Assert.False(scenario.Instance.Pool.Descriptor(frame).Content.IsFree);
        locked.Dispose();
        Assert.True(scenario.Instance.Pool.Descriptor(frame).Content.IsFree);
        Assert.Equal(1, Word(scenario, frame).Pins);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_WaitedToBeAlone_TheMarkGoesUnlessOneWhoLivesWaits(bool livingWaits)
    {
        using PoolScenario scenario = new("sync", direct: false, relationPages: 16);
        using ForebaySession living = scenario.Instance.OpenSession();
        using ForebaySession next = scenario.Instance.OpenSession();
        ForebaySession dead = scenario.Instance.OpenSession();
        int frame = dead.Read(scenario.Fork, 3).Pin.Frame;
        ForebaySession waiter = livingWaits ? living : dead;
        waiter.Shared.Claims.Reach(frame);
        waiter.Shared.Claims.Add(frame, ClaimKind.Alone);
        waiter.Shared.Claims.Settle();
        scenario.Instance.Pool.Descriptor(frame).Change(BufferWord.PinWaiter);
        scenario.Instance.Disown(dead, Dead);

        Assert.Equal(TakeoverState.Finished, scenario.Instance.TakeoverOf(Dead).Run());

        Assert.Equal(livingWaits, Word(scenario, frame).Has(BufferWord.PinWaiter));
        if (livingWaits)
            return;
        using PinnedPage mine = next.Read(scenario.Fork, 3);
        mine.LockForCleanup().Dispose(); // nobody is in the way, nor said to be
    }

    [Fact]
    public void Run_HalfCompletedAndNotSettledAtOnce_NamesItsFramesUntilItIs()
    {
        using PoolScenario scenario = new("worker", direct: false, relationPages: 16);
        using ForebaySession living = scenario.Instance.OpenSession();
        ForebaySession dead = scenario.Instance.OpenSession();
        int handle = ProcessTakeoverTests.StageRead(scenario, living, 3, out int frame);
        ref IoHandle record = ref scenario.Instance.Engine.Handles[handle];
        Assert.True(record.TryClaim(record.Word.Generation, Dead));
        record.Transition(IoHandleState.Submitted, IoHandleState.CompletedIo);
        scenario.Instance.Disown(dead, Dead);
        living.Shared.Claims.Reach(frame); // and is stopped there

        Assert.Equal(TakeoverState.Unfinished, scenario.Instance.TakeoverOf(Dead).Run());
        Assert.Equal(IoHandleState.CompletedIo, record.State);
        living.Shared.Claims.Settle();

        // By another one, who knows nothing of what the first has seen.
        Assert.Equal(TakeoverState.Finished, scenario.Instance.TakeoverOf(Dead).Run());
        Assert.Equal(IoHandleState.CompletedShared, record.State);
        living.Io.ExitBatch();
        living.Io.WaitForAll();
        using PinnedPage page = living.Read(scenario.Fork, 3);
        Assert.Equal(1u, PoolScenario.Expect(page.Span, 3));
        living.Shared.UnpinAll();
        Assert.Equal((0, 0), (Word(scenario, frame).Pins, Word(scenario, frame).InProgress));
    }

    [Fact]
    public void Run_BegunByOneWhoDied_ThawsWhatNothingNames()
    {
        using PoolScenario scenario = new("sync", direct: false, relationPages: 16);
        using ForebaySession living = scenario.Instance.OpenSession();
        ForebaySession dead = scenario.Instance.OpenSession();
        int frame = ReadAndGiveBack(scenario, living);
        scenario.Instance.Pool.Descriptor(frame).Freeze();
        scenario.Instance.Pool.Descriptor(frame).Content.Freeze();
        scenario.Instance.Disown(dead, Dead);

        Assert.Equal(TakeoverState.Finished, scenario.Instance.TakeoverOf(Dead).Run(isBegunAgain: true));

        Assert.False(Word(scenario, frame).Has(BufferWord.Frozen));
        Assert.False(scenario.Instance.Pool.Descriptor(frame).Content.IsFrozen);
        using PinnedPage page = living.Read(scenario.Fork, 3);
        page.Lock(ContentLockMode.Exclusive).Dispose();
    }

    [Theory]
    [InlineData(IoHandleState.Submitted)]
    [InlineData(IoHandleState.CompletedIo)]
    public void Run_ExecutorOfASyncDied_ItFailsAndNoSyncIsTrustedAnyMore(IoHandleState diedIn)
    {
        using PoolScenario scenario = new("worker", direct: false, relationPages: 16);
        using ForebaySession living = scenario.Instance.OpenSession();
        living.Io.EnterBatch();
        IoReturn outcome = new();
        int handle = living.Io.Acquire(outcome);
        scenario.Instance.Storage.StartSync(living.Io, handle, scenario.Fork, 0, dataOnly: false);
        ref IoHandle record = ref scenario.Instance.Engine.Handles[handle];
        scenario.Instance.Storage.Target.Release(record.File); // as where processes share: who executes it opens it
        record.File = FileLease.None;
        Assert.True(record.TryClaim(record.Word.Generation, Dead));
        if (diedIn == IoHandleState.CompletedIo)
            record.Transition(IoHandleState.Submitted, IoHandleState.CompletedIo);

        Assert.Equal(TakeoverState.Finished, scenario.Instance.TakeoverOf(Dead).Run());
        living.Io.ExitBatch();
        living.Io.WaitForAll();

        Assert.Equal(IoStatus.Error, outcome.Result.Status);
        StorageException failed = Assert.Throws<StorageException>(() => living.Sync(scenario.Fork));
        Assert.Contains("sync", failed.Message);
    }

    private static int ReadAndLock(PoolScenario scenario, ForebaySession session, ContentLockMode mode)
    {
        PinnedPage page = session.Read(scenario.Fork, 3);
        page.Lock(mode);
        return page.Pin.Frame;
    }

    private static int ReadAndGiveBack(PoolScenario scenario, ForebaySession session)
    {
        using PinnedPage page = session.Read(scenario.Fork, 3);
        return page.Pin.Frame;
    }

    private static BufferWord Word(PoolScenario scenario, int frame) => scenario.Instance.Pool.Descriptor(frame).Word;
}
