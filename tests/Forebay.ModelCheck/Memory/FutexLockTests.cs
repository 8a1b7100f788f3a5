using Forebay.Memory;

namespace Forebay.ModelCheck.Memory;

/// <summary>
/// The real <see cref="FutexLock"/>. Inside the lock each thread puts its number down, and must find it there. With
/// deaths: one thread may die before any of its steps; a recoverer takes the lock over, repairs what it guards, and
/// gives it back.
/// </summary>
public sealed class FutexLockTests
{
    private const int LockPlace = 0;
    private const int Guarded = 64;

    [Theory]
    [InlineData(2, 2)]
    [InlineData(3, 1)]
    public void Enter_EveryInterleaving_OneInsideAndNobodyLeftBehind(int threads, int rounds)
    {
        using Explorer explorer = new();

        string? violation = Explore(explorer, threads, rounds, mayDie: false);

        Assert.True(violation is null, violation);
        Stress.Report(explorer);
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 1)]
    public void TryTakeOver_DeathBeforeEveryStep_TheOthersGoOn(int threads, int rounds)
    {
        using Explorer explorer = new(statesMax: 20_000_000);

        string? violation = Explore(explorer, threads, rounds, mayDie: true);

        Assert.True(violation is null, violation);
        Stress.Report(explorer);
    }

    [Theory]
    [InlineData(Defect.CompareExchangeInTwoSteps, 2)]
    [InlineData(Defect.ExchangeInTwoSteps, 2)]
    [InlineData(Defect.NobodyIsWoken, 2)]
    [InlineData(Defect.SleepWithoutComparing, 2)]
    public void Enter_OneThingTakenAway_IsFound(Defect defect, int threads)
    {
        using Explorer explorer = new(defect);

        string? violation = Explore(explorer, threads, rounds: 1, mayDie: false);

        Assert.NotNull(violation);
    }

    [Fact]
    public void TryTakeOver_SleepersNotWoken_IsFound()
    {
        using Explorer explorer = new(statesMax: 2_000_000);

        string? violation = Explore(explorer, threads: 3, rounds: 1, mayDie: true, forgetsSleepers: true);

        Assert.NotNull(violation);
        Assert.StartsWith("lost wake-up", violation);
    }

    private static string? Explore(
        Explorer explorer, int threads, int rounds, bool mayDie, bool forgetsSleepers = false)
    {
        ModelMemory memory = explorer.Memory;
        return explorer.Explore(Programs, Final);

        Actor[] Programs()
        {
            List<Actor> actors = [];
            for (int n = 0; n < threads; n++)
            {
                int slot = n;
                actors.Add(new Actor($"thread {n}", () => Work(slot), isMortal: mayDie && n == 0));
            }

            if (mayDie)
                actors.Add(new Actor("recoverer", Recover, isMortal: false));
            return [.. actors];
        }

        void Work(int slot)
        {
            ref FutexLock gate = ref memory.At<FutexLock>(LockPlace);
            for (int round = 0; round < rounds; round++)
            {
                gate.Enter(slot);
                Scheduler.StandAt(2 * round);
                Scheduler.Current.Check(memory.At<int>(Guarded) == 0, "what the lock guards was left in disorder");
                Volatile.Write(ref memory.At<int>(Guarded), slot + 1);
                Scheduler.Current.Check(memory.At<int>(Guarded) == slot + 1, "two are inside");
                Volatile.Write(ref memory.At<int>(Guarded), 0);
                gate.Exit();
                Scheduler.StandAt(2 * round + 1);
            }
        }

        void Recover()
        {
            Scheduler.Current.AwaitDeath(0);
            ref FutexLock gate = ref memory.At<FutexLock>(LockPlace);
            if (forgetsSleepers && !gate.IsHeld)
                return;
            if (!gate.TryTakeOver(deadSlot: 0, processSlot: threads))
                return;
            Volatile.Write(ref memory.At<int>(Guarded), 0);
            gate.Exit();
        }

        string? Final(IReadOnlyList<Actor> actors) =>
            memory.At<FutexLock>(LockPlace).IsHeld ? "the lock is not free"
                : memory.At<int>(Guarded) != 0 ? "what the lock guards was left in disorder"
                : null;
    }
}
