using Forebay.Memory;
using Shared;

namespace Forebay.Tests.Memory;

public sealed class WaitWordTests : IDisposable
{
    private readonly SharedSegment _segment;
    private readonly SegmentArray<WaitWord> _words;
    private readonly SegmentArray<long> _state;

    public WaitWordTests()
    {
        SegmentLayout layout = new();
        SegmentRegion<WaitWord> words = layout.Reserve<WaitWord>(1);
        SegmentRegion<long> state = layout.Reserve<long>(1);
        _segment = new SharedSegment(layout, hugePages: false);
        _words = _segment.Array(words);
        _state = _segment.Array(state);
    }

    [Fact]
    public void Signal_NobodyRegistered_SaysSo()
    {
        Assert.False(_words[0].Signal());

        _words[0].Register();

        Assert.Equal(1, _words[0].Waiters);
        Assert.True(_words[0].Signal());
        _words[0].Unregister();
        Assert.False(_words[0].Signal());
        Assert.Equal(0, _words[0].Waiters);
    }

    [Fact]
    public void Forget_OneOfThemIsDead_TheLivingIsWokenAndCountsAgain()
    {
        _words[0].Register(); // of one that dies
        int ticket = _words[0].Register();
        _words[0].Forget();

        _words[0].Sleep(ticket); // returns
        Assert.Equal(0, _words[0].Waiters);
        _words[0].Unregister(); // of before: not below zero
        Assert.Equal(0, _words[0].Waiters);
        Assert.False(_words[0].Signal());
        _words[0].Register();
        Assert.True(_words[0].Signal());
        _words[0].Unregister();
        Assert.Equal(0, _words[0].Waiters);
    }

    [Fact]
    public void Sleep_SignalledAfterRegistration_ReturnsAtOnce()
    {
        int ticket = _words[0].Register();
        _words[0].Signal();

        Background.Join(Background.Run(() => _words[0].Sleep(ticket)));

        _words[0].Unregister();
    }

    [Fact]
    public void Sleep_ManySleepers_OneSignalWakesAll()
    {
        const int Threads = 8;
        Task[] sleepers = [.. Enumerable.Range(0, Threads).Select(_ => Background.Run(WaitForMove))];
        Background.Until(() => _words[0].Waiters == Threads, "all registered");

        Move(1);

        Background.Join(Task.WhenAll(sleepers));
        Assert.Equal(0, _words[0].Waiters);
    }

    [Fact]
    public void Protocol_ManyRoundsOfManyWaiters_NobodySleepsThroughAMove()
    {
        const int Threads = 3;
        const int Rounds = 20_000;
        Task[] waiters = [.. Enumerable.Range(0, Threads).Select(_ => Background.Run(() =>
        {
            for (long seen = 0; seen < Rounds;)
                seen = WaitUntilMoved(seen);
        }))];

        for (int round = 1; round <= Rounds; round++)
            Move(round);

        Background.Join(Task.WhenAll(waiters));
    }

    public void Dispose() => _segment.Dispose();

    private void WaitForMove() => WaitUntilMoved(0);

    private long WaitUntilMoved(long seen)
    {
        while (true)
        {
            int ticket = _words[0].Register();
            if (Volatile.Read(ref _state[0]) == seen)
                _words[0].Sleep(ticket);
            _words[0].Unregister();
            long now = Volatile.Read(ref _state[0]);
            if (now != seen)
                return now;
        }
    }

    private void Move(long to)
    {
        Interlocked.Exchange(ref _state[0], to);
        _words[0].Signal();
    }
}
