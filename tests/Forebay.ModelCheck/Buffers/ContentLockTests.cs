using Forebay.Buffers;
using Forebay.Memory;

namespace Forebay.ModelCheck.Buffers;

/// <summary>
/// The real <see cref="ContentLock"/> with the real <see cref="WaitWord"/>, waited for as sessions wait for it. A page
/// of two words that are changed one after the other under an exclusive lock must look whole under any lock.
/// </summary>
public sealed class ContentLockTests
{
    private const int Lock = 0;
    private const int Wait = 8;
    private const int Left = 64;
    private const int Right = 72;

    /// <summary>S, E, X: shared, share-exclusive, exclusive; small: gives up instead of sleeping.</summary>
    public static TheoryData<string, MemoryOrder> Programs
    {
        get
        {
            TheoryData<string, MemoryOrder> data = new()
            {
                { "SX XS", MemoryOrder.ReorderedStores },
                { "EX ES", MemoryOrder.ReorderedStores },
            };
            foreach (string program in (string[])["SE XE", "X X X", "S X S", "S E X", "E E S", "xS XS", "x X S"])
                data.Add(program, MemoryOrder.Sequential);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void Enter_EveryInterleaving_OnlyThoseTogetherWhoMayBe(string program, MemoryOrder order)
    {
        string? violation = Explore(program, order, Defect.None, looksAgain: true, signals: true);

        Assert.True(violation is null, violation);
    }

    [Theory]
    [InlineData("SX XE ES")]
    [InlineData("SX xS XE")]
    public void Enter_ThreeThreadsTwice_OnlyThoseTogetherWhoMayBe(string program)
    {
        Assert.SkipUnless(Stress.IsOn, "Takes minutes: set FOREBAY_STRESS.");

        string? violation = Explore(program, MemoryOrder.Sequential, Defect.None, looksAgain: true, signals: true);

        Assert.True(violation is null, violation);
    }

    [Theory]
    [InlineData("X X", Defect.CompareExchangeInTwoSteps)]
    [InlineData("S S X", Defect.ChangeInTwoSteps)]
    [InlineData("S X", Defect.NobodyIsWoken)]
    [InlineData("X X", Defect.SleepWithoutComparing)]
    public void Enter_OneThingTakenAway_IsFound(string program, Defect defect) =>
        Assert.NotNull(Explore(program, MemoryOrder.Sequential, defect, looksAgain: true, signals: true));

    [Fact]
    public void Enter_NotLookedAtAgainBeforeSleep_IsFound() => Assert.StartsWith("lost wake-up",
        Explore("X X", MemoryOrder.Sequential, Defect.None, looksAgain: false, signals: true));

    [Fact]
    public void Exit_NobodyTold_IsFound() => Assert.StartsWith("lost wake-up",
        Explore("S X", MemoryOrder.Sequential, Defect.None, looksAgain: true, signals: false));

    [Fact]
    public void WithdrawExclusive_NotDone_KeepsReadersOut() => Assert.StartsWith("lost wake-up",
        Explore("S x S", MemoryOrder.Sequential, Defect.None, looksAgain: true, signals: true, withdraws: false));

    private static string? Explore(
        string program, MemoryOrder order, Defect defect, bool looksAgain, bool signals, bool withdraws = true)
    {
        using Explorer explorer = new(defect, 20_000_000, order) { Always = TogetherWrongly };
        ModelMemory memory = explorer.Memory;
        string[] threads = program.Split(' ');
        string? violation = explorer.Explore(
            () => [.. threads.Select((modes, n) => new Actor($"{n}:{modes}", () => Work(modes), isMortal: false))],
            _ => memory.At<ContentLock>(Lock).IsFree ? null : "the lock is not free");
        Stress.Report(explorer);
        return violation;

        void Work(string modes)
        {
            for (int round = 0; round < modes.Length; round++)
            {
                ContentLockMode mode = ModeOf(modes[round]);
                if (!Enter(mode, givesUp: char.IsLower(modes[round]), 3 * round))
                    continue;
                Scheduler.Current.Mark((long)mode + 1);
                Scheduler.StandAt(3 * round + 1);
                UsePage(mode);
                Scheduler.Current.Mark(0);
                Scheduler.StandAt(3 * round + 2);
                memory.At<ContentLock>(Lock).Exit(mode);
                if (signals)
                    memory.At<WaitWord>(Wait).Signal();
            }
        }

        bool Enter(ContentLockMode mode, bool givesUp, int label)
        {
            Scheduler.StandAt(label);
            ref ContentLock content = ref memory.At<ContentLock>(Lock);
            ref WaitWord wait = ref memory.At<WaitWord>(Wait);
            while (!content.TryEnter(mode))
            {
                if (mode == ContentLockMode.Exclusive)
                    content.AnnounceExclusive();
                int ticket = wait.Register();
                bool reached = looksAgain && content.TryEnter(mode);
                if (!reached && !givesUp)
                    wait.Sleep(ticket);
                wait.Unregister();
                if (reached)
                    return true;
                if (!givesUp)
                {
                    Scheduler.StandAt(label);
                    continue;
                }

                if (withdraws)
                    content.WithdrawExclusive();
                wait.Signal();
                return false;
            }

            return true;
        }

        void UsePage(ContentLockMode mode)
        {
            long left = Volatile.Read(ref memory.At<long>(Left));
            long right = Volatile.Read(ref memory.At<long>(Right));
            Scheduler.Current.Check(left == right, "half a change is seen");
            if (mode == ContentLockMode.Exclusive)
                (memory.At<long>(Left), memory.At<long>(Right)) = (1 - left, 1 - right);
        }
    }

    private static ContentLockMode ModeOf(char letter) => char.ToUpperInvariant(letter) switch
    {
        'S' => ContentLockMode.Shared,
        'E' => ContentLockMode.ShareExclusive,
        _ => ContentLockMode.Exclusive,
    };

    private static string? TogetherWrongly(IReadOnlyList<Actor> actors)
    {
        int held = actors.Count(static a => a.Mark != 0);
        int exclusive = actors.Count(static a => a.Mark == (long)ContentLockMode.Exclusive + 1);
        int shareExclusive = actors.Count(static a => a.Mark == (long)ContentLockMode.ShareExclusive + 1);
        return (exclusive > 0 && held > 1) || shareExclusive > 1
            ? $"inside at once: {exclusive} exclusive, {shareExclusive} share-exclusive, {held} in all" : null;
    }
}
