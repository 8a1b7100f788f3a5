namespace Forebay.Tests.Model;

/// <summary>
/// <see cref="Forebay.Memory.FutexLock"/> step by step. Inside the lock each thread increments a guarded cell with
/// plain accesses: two inside at once, or a store that stays behind, cost an increment.
/// </summary>
internal static class FutexLockModel
{
    private const int Word = 0;
    private const int Guarded = 1;
    private const int Cells = 2;
    private const int Contended = 0x40;

    private const int Seen = 0;
    private const int Announced = 1;
    private const int Value = 2;

    public static ModelOutcome Explore(FutexLockMutation mutation, int threads, int rounds, bool relaxedStores = false)
    {
        ModelProgram[] programs =
            [.. Enumerable.Range(1, threads).Select(n => Thread(mutation, n, rounds))];
        return ModelChecker.Explore(new int[Cells], programs,
            memory => memory[Word] != 0 ? "the lock is not free"
                : memory[Guarded] != threads * rounds ? $"{memory[Guarded]} increments of {threads * rounds}"
                : null,
            relaxedStores);
    }

    private static ModelProgram Thread(FutexLockMutation mutation, int me, int rounds)
    {
        ModelProgram program = new($"thread {me}");
        for (int round = 1; round <= rounds; round++)
        {
            Enter(program, mutation, me, round);
            program
                .Label($"inside {round}")
                .Step("read the guarded cell", static t => t[Value] = t.Read(Guarded))
                .Step("write the guarded cell", static t => t.Write(Guarded, t[Value] + 1));
            Exit(program, mutation, round);
        }

        return program;
    }

    private static void Enter(ModelProgram program, FutexLockMutation mutation, int me, int round)
    {
        string slow = $"slow {round}";
        string sleep = $"sleep {round}";
        string inside = $"inside {round}";
        program.Step("TryEnter: free?", t => t.GotoIf(t.Read(Word) != 0, slow));
        if (mutation == FutexLockMutation.EnterInTwoSteps)
        {
            program.Step("take it", t =>
            {
                t.Write(Word, me);
                t.Goto(inside);
            });
        }
        else
        {
            program.Step("TryEnter: take it", t => t.GotoIf(t.CompareExchange(Word, 0, me), inside));
        }

        int mark = mutation == FutexLockMutation.TakeUnmarkedAfterSleep ? 0 : Contended;
        program
            .Label(slow)
            .Step("read the word", static t => t[Seen] = t.Read(Word))
            .Step("take it, marked", t =>
            {
                if (t[Seen] != 0)
                    return;
                t.Goto(t.CompareExchange(Word, 0, me | mark) ? inside : slow);
            });
        if (mutation == FutexLockMutation.SleepUnannounced)
        {
            program.Step("do not announce", static t => t[Announced] = t[Seen]);
        }
        else
        {
            program.Step("announce a sleeper", t =>
            {
                t[Announced] = t[Seen] | Contended;
                if (t[Seen] == t[Announced])
                    return;
                if (mutation == FutexLockMutation.AnnounceWithoutCompare)
                    t.Exchange(Word, t[Announced]);
                else
                    t.GotoIf(!t.CompareExchange(Word, t[Seen], t[Announced]), slow);
            });
        }

        program
            .Label(sleep)
            .Step("sleep", t =>
            {
                t.Goto(slow);
                t.Sleep(Word, mutation == FutexLockMutation.SleepOnAnyValue ? t.Read(Word) : t[Announced]);
            });
    }

    private static void Exit(ModelProgram program, FutexLockMutation mutation, int round)
    {
        string outside = $"outside {round}";
        if (mutation is FutexLockMutation.ExitInTwoSteps or FutexLockMutation.ExitWithoutRelease)
        {
            program.Step("read the mark", static t => t[Seen] = t.Read(Word))
                .Step("free it", t => t.Write(Word, 0, release: mutation != FutexLockMutation.ExitWithoutRelease));
        }
        else
        {
            program.Step("Exit: free it", static t => t[Seen] = t.Exchange(Word, 0));
        }

        program
            .Step("Exit: marked?", t => t.GotoIf((t[Seen] & Contended) == 0, outside))
            .StepIf(mutation != FutexLockMutation.ExitWithoutWake, "Exit: wake one", static t => t.WakeOne(Word))
            .Label(outside);
    }
}
