namespace Forebay.Tests.Model;

/// <summary>
/// One use of one handle, step by step as in <c>IoSession</c>, <c>IoEngine.WaitCore</c> and <c>IoCompletion</c>: an
/// owner, waiters that were given the reference while the handle was being described, and a method that either lies
/// still until somebody helps, or has a worker.
/// </summary>
internal static class HandleModel
{
    private const int Word = 0;
    private const int Waiters = 1;
    private const int Signal = 2;
    private const int Lane = 3;
    private const int Description = 4;
    private const int Queued = 5;
    private const int Distilled = 6;
    private const int Executions = 7;
    private const int Cells = 8;

    private const int Described = 7;
    private const int Outcome = 9;

    // The word: the state in the low three bits, the generation above.
    private const int Idle = 0;
    private const int HandedOut = 1;
    private const int Defined = 2;
    private const int Staged = 3;
    private const int Submitted = 4;
    private const int CompletedIo = 5;
    private const int CompletedShared = 6;
    private const int CompletedLocal = 7;
    private const int NextUse = 8;

    private const int Seen = 0;
    private const int Ticket = 1;

    public static ModelOutcome Explore(
        HandleMutation mutation,
        HandleOwner owner,
        int waiters,
        bool needsHelp,
        bool relaxedStores = false)
    {
        List<ModelProgram> programs = [Owner(mutation, owner, needsHelp)];
        for (int n = 1; n <= waiters; n++)
        {
            ModelProgram waiter = new($"waiter {n}");
            WaitCore(waiter, mutation, needsHelp);
            programs.Add(waiter);
        }

        if (!needsHelp)
            programs.Add(Worker(mutation, owner));
        int[] memory = new int[Cells];
        memory[Word] = HandedOut;
        int executions = owner == HandleOwner.Releases ? 0 : 1;
        return ModelChecker.Explore(memory, [.. programs],
            final => final[Executions] != executions ? $"executed {final[Executions]} times"
                : final[Waiters] != 0 ? "a waiter is still counted"
                : null,
            relaxedStores);
    }

    private static bool IsOver(int word) => word >= NextUse || word >= CompletedShared;

    private static ModelProgram Owner(HandleMutation mutation, HandleOwner kind, bool needsHelp)
    {
        ModelProgram program = new("owner");
        if (kind == HandleOwner.Releases)
        {
            Move(program, HandedOut, NextUse + Idle);
            if (mutation != HandleMutation.NoSignalAtRelease)
                SignalWaiters(program, "released");
            return program;
        }

        program.StepIf(mutation != HandleMutation.StagingWithoutFence, "describe",
            static t => t.Write(Description, Described));
        Move(program, HandedOut, Defined);
        if (mutation == HandleMutation.StagingWithoutFence)
        {
            program.Step("describe late", static t => t.Write(Description, Described))
                .Step("stage", static t => t.Write(Word, Staged))
                .Step("fence", static t => t.Fence());
        }
        else
        {
            Move(program, Defined, Staged);
        }

        if (mutation != HandleMutation.NoSignalAtStaging)
            SignalWaiters(program, "staged");
        if (kind == HandleOwner.StagesAndStops)
            return program;

        program.Step("SubmitStaged: TryClaim",
            static t => t.GotoIf(!t.CompareExchange(Word, Staged, Submitted), "claimed by a waiter"));
        Submit(program, mutation, needsHelp, "owner");
        program.Label("claimed by a waiter");
        if (kind == HandleOwner.SubmitsAndStops)
            return program;

        WaitCore(program, mutation, needsHelp);
        int next = mutation == HandleMutation.GenerationStands ? 0 : NextUse;
        Move(program, CompletedShared, CompletedLocal);
        Move(program, CompletedLocal, next + Idle);
        program.Step("MakeIdle: clear", static t => t.Write(Description, 0));
        Move(program, next + Idle, next + HandedOut);
        return program;
    }

    private static void WaitCore(ModelProgram program, HandleMutation mutation, bool needsHelp)
    {
        program
            .Label("loop")
            .Step("read the word", static t =>
            {
                t[Seen] = t.Read(Word);
                t.GotoIf(IsOver(t[Seen]), "over");
            });
        if (mutation != HandleMutation.WaitersDoNotClaim)
        {
            program.Step("TryAdvance: TryClaim", t =>
            {
                if (t[Seen] != Staged)
                    t.Goto("not staged");
                else if (mutation == HandleMutation.ClaimWithoutCompare)
                    t.Exchange(Word, Submitted);
                else
                    t.GotoIf(!t.CompareExchange(Word, t[Seen], Submitted), "not staged");
            });
            Submit(program, mutation, needsHelp, "waiter");
            program.Step("look again", LookAgain);
        }

        program.Label("not staged");
        if (needsHelp)
        {
            program.Step("MayHelp: a lane?",
                static t => t.GotoIf(t[Seen] == Submitted && t.Read(Lane) != 0, "help"));
        }

        program
            .Step("Register: count itself", static t => t.Add(Waiters, 1))
            .Step("Register: take the ticket", static t => t[Ticket] = t.Read(Signal))
            .Step("read the word again", static t => t.GotoIf(t.Read(Word) != t[Seen], "unregister"))
            .StepIf(needsHelp && mutation != HandleMutation.LaneNotReRead, "MayHelp again: a lane?",
                static t => t.GotoIf(t[Seen] == Submitted && t.Read(Lane) != 0, "unregister"))
            .Step("Sleep", static t => t.Sleep(Signal, t[Ticket]))
            .Label("unregister")
            .Step("Unregister", static t =>
            {
                t.Add(Waiters, -1);
                LookAgain(t);
            });
        if (needsHelp)
            Help(program, mutation);
        program
            .Label("over")
            .Step("see the outcome", static t => t.Check(
                t[Seen] != CompletedShared || t.Read(Distilled) == Outcome, "completed without its outcome"));
    }

    // What is not read again is cleared, so that states which differ in nothing else are one.
    private static void LookAgain(ModelThread thread)
    {
        thread[Seen] = 0;
        thread[Ticket] = 0;
        thread.Goto("loop");
    }

    // As a ring does it: who finds something executes it, who finds nothing sleeps until the operation is over.
    private static void Help(ModelProgram program, HandleMutation mutation)
    {
        program
            .Label("help")
            .Step("Help: take it", static t => t.GotoIf(t.CompareExchange(Queued, 1, 0), "execute"))
            .Step("Help, Register: count itself", static t => t.Add(Waiters, 1))
            .Step("Help, Register: take the ticket", static t => t[Ticket] = t.Read(Signal))
            .Step("Help: over?", static t => t.GotoIf(IsOver(t.Read(Word)), "help unregister"))
            .Step("Help: anything queued?", static t => t.GotoIf(t.Read(Queued) != 0, "help unregister"))
            .Step("Help: Sleep", static t => t.Sleep(Signal, t[Ticket]))
            .Label("help unregister")
            .Step("Help: Unregister", static t =>
            {
                t.Add(Waiters, -1);
                LookAgain(t);
            })
            .Label("execute");
        Complete(program, mutation);
        program.Step("helped", LookAgain);
    }

    private static ModelProgram Worker(HandleMutation mutation, HandleOwner owner)
    {
        ModelProgram program = new("worker");
        if (owner == HandleOwner.Releases)
            return program;
        program
            .Label("idle")
            .Step("sleep while nothing is queued", static t => t.Sleep(Queued, 0))
            .Step("take it", static t => t.GotoIf(!t.CompareExchange(Queued, 1, 0), "idle"));
        Complete(program, mutation);
        return program;
    }

    private static void Submit(ModelProgram program, HandleMutation mutation, bool needsHelp, string who)
    {
        program
            .Step("Submit: queue it", static t => t.Exchange(Queued, 1))
            .StepIf(!needsHelp, "Submit: wake the worker", static t => t.WakeAll(Queued))
            .StepIf(needsHelp, "Submit: set the lane", static t => t.Write(Lane, 1, release: true))
            .StepIf(mutation != HandleMutation.NoFenceAfterSubmit, "fence", static t => t.Fence());
        if (mutation != HandleMutation.NoSignalAfterSubmit)
            SignalWaiters(program, $"submitted by the {who}");
    }

    private static void Complete(ModelProgram program, HandleMutation mutation)
    {
        program
            .Step("execute", static t => t.Check(t.Read(Description) == Described, "executes what is not described"))
            .Step("count", static t => t.Add(Executions, 1));
        Move(program, Submitted, CompletedIo);
        program.Step("store the outcome", static t => t.Write(Distilled, Outcome));
        if (mutation == HandleMutation.CompletionWithoutFence)
            program.Step("complete", static t => t.Write(Word, CompletedShared));
        else
            Move(program, CompletedIo, CompletedShared);
        if (mutation != HandleMutation.NoSignalAtCompletion)
            SignalWaiters(program, "completed");
    }

    private static void Move(ModelProgram program, int from, int to) =>
        program.Step($"Transition {from} to {to}",
            t => t.Check(t.CompareExchange(Word, from, to), "two parties moved one handle"));

    private static void SignalWaiters(ModelProgram program, string when)
    {
        program
            .Step("Signal: anybody?", t => t.GotoIf(t.Read(Waiters) == 0, when))
            .Step("Signal: change the word", static t => t.Add(Signal, 1))
            .Step("Signal: wake all", static t => t.WakeAll(Signal))
            .Label(when);
    }
}
