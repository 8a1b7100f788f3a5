using Forebay.Memory;

namespace Forebay.ModelCheck.Memory;

/// <summary>
/// The real <see cref="WaitWord"/>: waiters wait until a state has moved as often as the movers move it. Deaths take
/// waiters, which may not cost another one its wake-up.
/// </summary>
public sealed class WaitWordTests
{
    private const int State = 0;
    private const int Word = 64;

    [Theory]
    [InlineData(1, 2, false)]
    [InlineData(2, 1, false)]
    [InlineData(2, 1, true)]
    public void Sleep_EveryInterleaving_NoWakeUpIsLost(int waiters, int moves, bool mayDie)
    {
        using Explorer explorer = new();

        string? violation = Explore(explorer, waiters, moves, mayDie, readsAgain: true);

        Assert.True(violation is null, violation);
        Stress.Report(explorer);
    }

    [Theory]
    [InlineData(Defect.NobodyIsWoken)]
    [InlineData(Defect.SleepWithoutComparing)]
    public void Sleep_OneThingTakenAway_IsFound(Defect defect)
    {
        using Explorer explorer = new(defect);

        Assert.NotNull(Explore(explorer, waiters: 1, moves: 1, mayDie: false, readsAgain: true));
    }

    [Fact]
    public void Sleep_StateNotReadAgain_IsFound()
    {
        using Explorer explorer = new();

        Assert.NotNull(Explore(explorer, waiters: 1, moves: 1, mayDie: false, readsAgain: false));
    }

    private static string? Explore(Explorer explorer, int waiters, int moves, bool mayDie, bool readsAgain)
    {
        ModelMemory memory = explorer.Memory;
        return explorer.Explore(Programs, static _ => null);

        Actor[] Programs()
        {
            List<Actor> actors = [new Actor("mover", Move, isMortal: false)];
            for (int n = 1; n <= waiters; n++)
                actors.Add(new Actor($"waiter {n}", Wait, isMortal: mayDie && n == 1));
            return [.. actors];
        }

        void Move()
        {
            for (int move = 1; move <= moves; move++)
            {
                Interlocked.Exchange(ref memory.At<int>(State), move);
                memory.At<WaitWord>(Word).Signal();
            }
        }

        void Wait()
        {
            ref WaitWord word = ref memory.At<WaitWord>(Word);
            while (Volatile.Read(ref memory.At<int>(State)) != moves)
            {
                int ticket = word.Register();
                if (!readsAgain || Volatile.Read(ref memory.At<int>(State)) != moves)
                    word.Sleep(ticket);
                word.Unregister();
            }
        }
    }
}
