using BenchmarkDotNet.Attributes;
using Forebay.Memory;
using Forebay.Microbenchmarks.Pairs;

namespace Forebay.Microbenchmarks;

/// <summary>
/// From signal to wake-up: two threads that hand each other the turn, by the engine's wait word and by what .NET has
/// that sleeps at once as well. An operation is one hand-over. And what a signal costs that nobody waits for.
/// </summary>
public class WaitBenchmarks
{
    public const int HandOvers = 2000;
    public const int Signals = 100_000;
    private const int Words = 2;

    private SharedSegment _segment = null!;
    private SegmentArray<WaitWord> _words;
    private SegmentArray<int> _turns;
    private AutoResetEvent _there = null!;
    private AutoResetEvent _here = null!;
    private ThreadPair _threads = null!;

    [GlobalSetup]
    public void SetUp()
    {
        SegmentLayout layout = new();
        SegmentRegion<WaitWord> words = layout.Reserve<WaitWord>(Words);
        SegmentRegion<int> turns = layout.Reserve<int>(Words);
        _segment = new SharedSegment(layout, hugePages: false);
        _words = _segment.Array(words);
        _turns = _segment.Array(turns);
        _there = new AutoResetEvent(initialState: false);
        _here = new AutoResetEvent(initialState: false);
        _threads = new ThreadPair();
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _threads.Dispose();
        _there.Dispose();
        _here.Dispose();
        _segment.Dispose();
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = HandOvers)]
    public void Events() => _threads.Run(
        () =>
        {
            for (int i = 0; i < HandOvers / 2; i++)
            {
                _there.Set();
                _here.WaitOne();
            }
        },
        () =>
        {
            for (int i = 0; i < HandOvers / 2; i++)
            {
                _there.WaitOne();
                _here.Set();
            }
        });

    [Benchmark(OperationsPerInvoke = HandOvers)]
    public void WaitWords()
    {
        _turns[0] = 0;
        _threads.Run(() => TakeTurns(0), () => TakeTurns(1));
    }

    [Benchmark(OperationsPerInvoke = Signals)]
    public int NobodyWaits()
    {
        int woken = 0;
        for (int i = 0; i < Signals; i++)
            woken += _words[1].Signal() ? 1 : 0;
        return woken;
    }

    private void TakeTurns(int me)
    {
        for (int i = me; i < HandOvers; i += 2)
        {
            // Volatile, here and below: the turn is what is handed over, the wait word only says when to look.
            while (Volatile.Read(ref _turns[0]) != i)
            {
                int ticket = _words[0].Register();
                if (Volatile.Read(ref _turns[0]) != i)
                    _words[0].Sleep(ticket);
                _words[0].Unregister();
            }

            Interlocked.Exchange(ref _turns[0], i + 1); // full fence, before the waiters are counted
            _words[0].Signal();
        }
    }
}
