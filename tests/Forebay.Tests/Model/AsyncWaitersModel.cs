namespace Forebay.Tests.Model;

/// <summary>
/// <c>AsyncWaiters</c> and <c>AsyncWaiter</c> with two handles and two sessions. The first awaits handle 0, is
/// cancelled or woken, and awaits handle 1 with the same waiter object; the second awaits handle 1. Both handles
/// complete. The gates are those of two stripes, so they do not exclude each other. What happens as a whole under a
/// gate is one step; only the waker's walk is taken apart, since it is the walk that may lose somebody.
/// </summary>
internal static class AsyncWaitersModel
{
    private const int First = 0; // per handle: the first waiter, 0 = none
    private const int Done = 2; // per handle
    private const int Gate = 4; // per handle: nonzero = held
    private const int Next = 5; // per waiter, numbered from 1
    private const int Armed = 7; // per waiter
    private const int Resumed = 9; // per waiter
    private const int Cancelled = 12;
    private const int Early = 13; // a wait was resumed that nobody had a reason to resume
    private const int Cells = 14;

    private const int At = 0;
    private const int Following = 1;

    public static ModelOutcome Explore(AsyncWaitersMutation mutation)
    {
        ModelProgram first = new("first session");
        Await(first, mutation, me: 1, handle: 0, cancellable: true);
        Await(first, mutation, me: 1, handle: 1, cancellable: false);
        ModelProgram second = new("second session");
        Await(second, mutation, me: 2, handle: 1, cancellable: false);
        ModelProgram canceller = new("canceller");
        Resume(canceller, static _ => 1, "cancel");
        canceller
            .Step("the callback has run", static t => t.Exchange(Cancelled, 1))
            .Step("wake who disposes the registration", static t => t.WakeAll(Cancelled));
        return ModelChecker.Explore(new int[Cells],
            [first, second, canceller, Waker(mutation, 0), Waker(mutation, 1)],
            static memory => memory[First] != 0 || memory[First + 1] != 0 ? "a waiter is still listed"
                : memory[Early] != 0 ? "a wait was resumed on another's account"
                : null);
    }

    private static void Await(ModelProgram program, AsyncWaitersMutation mutation, int me, int handle, bool cancellable)
    {
        string at = $"handle {handle}";
        program
            .Label($"{at} again")
            .Step($"{at}: Arm", t =>
            {
                t.Exchange(Resumed + me, 0);
                t.Exchange(Armed + me, 1);
            })
            .Label($"{at} add")
            .Step($"{at}: Add", t => UnderGate(t, handle, $"{at} add", () =>
            {
                t.Exchange(Next + me, t.Read(First + handle));
                t.Exchange(First + handle, me);
            }));
        if (mutation != AsyncWaitersMutation.NoReRead)
        {
            program.Step($"{at}: done meanwhile? TryDisarm",
                t => t.GotoIf(t.Read(Done + handle) != 0 && t.Exchange(Armed + me, 0) != 0, $"{at} settled"));
        }

        program
            .Label($"{at} asleep")
            .Step($"{at}: await", t => t.Sleep(Resumed + me, 0))
            .Step($"{at}: resumed?", t => t.GotoIf(t.Read(Resumed + me) == 0, $"{at} asleep"))
            .Step($"{at}: why?", t =>
            {
                if (t.Read(Done + handle) == 0 && !cancellable)
                    t.Exchange(Early, 1);
            })
            .Label($"{at} settled");
        if (cancellable && mutation != AsyncWaitersMutation.CancellationNotWaitedOut)
        {
            program
                .Step($"{at}: dispose the registration", static t => t.Sleep(Cancelled, 0))
                .Step($"{at}: disposed?", t => t.GotoIf(t.Read(Cancelled) == 0, $"{at} settled"));
        }

        if (mutation != AsyncWaitersMutation.NoRemove)
        {
            program
                .Label($"{at} remove")
                .Step($"{at}: Remove", t => UnderGate(t, handle, $"{at} remove", () => Remove(t, me, handle)));
        }

        if (!cancellable)
            program.Step($"{at}: done?", t => t.GotoIf(t.Read(Done + handle) == 0, $"{at} again"));
    }

    private static void Remove(ModelThread thread, int me, int handle)
    {
        int first = thread.Read(First + handle);
        if (first == me)
            thread.Exchange(First + handle, thread.Read(Next + me));
        else if (first != 0 && thread.Read(Next + first) == me)
            thread.Exchange(Next + first, thread.Read(Next + me));
        else
            return;
        thread.Exchange(Next + me, 0);
    }

    private static void UnderGate(ModelThread thread, int handle, string again, Action body)
    {
        if (thread.Read(Gate + handle) == 0)
        {
            body();
            return;
        }

        thread.Goto(again);
        thread.Sleep(Gate + handle, 1);
    }

    private static ModelProgram Waker(AsyncWaitersMutation mutation, int handle)
    {
        bool outside = mutation == AsyncWaitersMutation.WalkOutsideTheGate;
        ModelProgram program = new ModelProgram($"waker of handle {handle}")
            .Step("complete", t => t.Exchange(Done + handle, 1))
            .Label("enter")
            .Step("Wake: enter the gate", t =>
            {
                if (t.CompareExchange(Gate + handle, 0, 1))
                    return;
                t.Goto("enter");
                t.Sleep(Gate + handle, 1);
            })
            .Step("Wake: take the list", t => t[At] = t.Exchange(First + handle, 0));
        if (outside)
            Leave(program, handle);
        program
            .Label("walk")
            .Step("Wake: end of the list?", static t => t.GotoIf(t[At] == 0, "walked"))
            .Step("Wake: read the link", static t => t[Following] = t.Read(Next + t[At]))
            .Step("Wake: cut the link", static t => t.Exchange(Next + t[At], 0));
        Resume(program, static t => t[At], "Wake");
        program
            .Step("Wake: go on", static t =>
            {
                (t[At], t[Following]) = (t[Following], 0);
                t.Goto("walk");
            })
            .Label("walked");
        if (!outside)
            Leave(program, handle);
        return program;
    }

    private static void Leave(ModelProgram program, int handle) => program
        .Step("Wake: leave the gate", t => t.Exchange(Gate + handle, 0))
        .Step("Wake: wake who waits for the gate", t => t.WakeAll(Gate + handle));

    private static void Resume(ModelProgram program, Func<ModelThread, int> waiter, string who) => program
        .Step($"{who}: TryDisarm", t => t.GotoIf(t.Exchange(Armed + waiter(t), 0) == 0, $"{who} resumed"))
        .Step($"{who}: complete the task", t => t.Exchange(Resumed + waiter(t), 1))
        .Step($"{who}: run the continuation", t => t.WakeAll(Resumed + waiter(t)))
        .Label($"{who} resumed");
}
