using Forebay.Memory;
using Forebay.Primitives;
using Shared;

namespace Forebay.Tests.Memory;

public sealed class FutexLockTests : IDisposable
{
    private readonly SharedSegment _segment;
    private readonly SegmentArray<FutexLock> _locks;

    public FutexLockTests()
    {
        SegmentLayout layout = new();
        SegmentRegion<FutexLock> locks = layout.Reserve<FutexLock>(1);
        _segment = new SharedSegment(layout, hugePages: false);
        _locks = _segment.Array(locks);
    }

    [Fact]
    public void TryEnter_HeldByWhomever_SaysNo()
    {
        Assert.False(_locks[0].IsHeld);
        Assert.True(_locks[0].TryEnter(processSlot: 5));
        Assert.True(_locks[0].IsHeld);
        Assert.False(_locks[0].TryEnter(processSlot: 5));
        Assert.False(_locks[0].TryEnter());

        _locks[0].Exit();

        Assert.False(_locks[0].IsHeld);
        Assert.True(_locks[0].TryEnter());
        _locks[0].Exit();
    }

    [Fact]
    public void Exit_HeldByNobody_EndsTheProcess()
    {
        using Invariant.TestScope scope = Invariant.ThrowOnThisThread();

        InvariantException broken = Assert.Throws<InvariantException>(() => _locks[0].Exit());

        Assert.Equal("I-01: a lock that nobody holds was given back", broken.Message);
    }

    [Fact]
    public void Enter_WhileHeld_WaitsForTheExit()
    {
        _locks[0].Enter();
        bool entered = false;
        Task other = Background.Run(() =>
        {
            _locks[0].Enter(processSlot: 1);
            Volatile.Write(ref entered, true);
            _locks[0].Exit();
        });
        Background.Until(() => IsContended, "the other announces that it sleeps");
        Assert.False(Volatile.Read(ref entered));

        _locks[0].Exit();

        Background.Join(other);
        Assert.True(entered);
        Assert.False(_locks[0].IsHeld);
    }

    [Fact]
    public void Enter_ManyThreads_NeverTwoInsideAndNobodyLeftBehind()
    {
        const int Threads = 6;
        const int Rounds = 20_000;
        int inside = 0;
        long plain = 0;
        Task[] threads = [.. Enumerable.Range(0, Threads).Select(n => Background.Run(() =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                _locks[0].Enter(processSlot: n);
                Assert.Equal(1, Interlocked.Increment(ref inside));
                plain++;
                if (round % 64 == n)
                    Thread.Yield();
                Interlocked.Decrement(ref inside);
                _locks[0].Exit();
            }
        }))];

        Background.Join(Task.WhenAll(threads));

        Assert.Equal((long)Threads * Rounds, plain);
        Assert.False(_locks[0].IsHeld);
    }

    public void Dispose() => _segment.Dispose();

    // The sign bit of the word says that somebody sleeps, or is about to.
    private bool IsContended => System.Runtime.CompilerServices.Unsafe.As<FutexLock, int>(ref _locks[0]) < 0;
}
