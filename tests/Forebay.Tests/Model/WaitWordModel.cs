namespace Forebay.Tests.Model;

/// <summary>
/// <see cref="Forebay.Memory.WaitWord"/> step by step: waiters that wait for a state to reach its last value, and a
/// mover that takes it there.
/// </summary>
internal static class WaitWordModel
{
    private const int State = 0;
    private const int Waiters = 1;
    private const int Signal = 2;
    private const int Cells = 3;

    private const int Seen = 0;
    private const int Ticket = 1;
    private const int Scratch = 2;

    public static ModelOutcome Explore(WaitWordMutation mutation, int waiters, int moves, bool relaxedStores = false)
    {
        ModelProgram[] programs =
        [
            Mover(mutation, moves), .. Enumerable.Range(1, waiters).Select(n => Waiter(mutation, $"waiter {n}", moves)),
        ];
        return ModelChecker.Explore(new int[Cells], programs,
            static memory => memory[Waiters] == 0 ? null : "a waiter is still counted", relaxedStores);
    }

    private static ModelProgram Waiter(WaitWordMutation mutation, string name, int moves)
    {
        ModelProgram program = new ModelProgram(name)
            .Label("loop")
            .Step("read the state", t =>
            {
                t[Seen] = t.Read(State);
                t.GotoIf(t[Seen] == moves, "end");
            });
        if (mutation == WaitWordMutation.RegisterWithoutFence)
        {
            program.Step("read the count", static t => t[Scratch] = t.Read(Waiters))
                .Step("Register: store the count", static t => t.Write(Waiters, t[Scratch] + 1));
        }
        else
        {
            program.Step("Register: count itself", static t => t.Add(Waiters, 1));
        }

        return program
            .StepIf(mutation != WaitWordMutation.TicketAfterReRead, "Register: take the ticket",
                static t => t[Ticket] = t.Read(Signal))
            .StepIf(mutation != WaitWordMutation.NoReRead, "read the state again",
                static t => t.GotoIf(t.Read(State) != t[Seen], "unregister"))
            .StepIf(mutation == WaitWordMutation.TicketAfterReRead, "take the ticket",
                static t => t[Ticket] = t.Read(Signal))
            .Step("Sleep", static t => t.Sleep(Signal, t[Ticket]))
            .Label("unregister")
            .Step("Unregister", static t =>
            {
                t.Add(Waiters, -1);
                (t[Seen], t[Ticket], t[Scratch]) = (0, 0, 0); // what is not read again does not make states differ
                t.Goto("loop");
            })
            .Label("end");
    }

    private static ModelProgram Mover(WaitWordMutation mutation, int moves)
    {
        ModelProgram program = new("mover");
        for (int move = 1; move <= moves; move++)
        {
            int to = move;
            string next = $"moved {move}";
            program
                .StepIf(mutation == WaitWordMutation.CountBeforeMove, "count the waiters",
                    static t => t[Seen] = t.Read(Waiters))
                .StepIf(mutation == WaitWordMutation.MoveWithoutFence, "move", t => t.Write(State, to))
                .StepIf(mutation != WaitWordMutation.MoveWithoutFence, "move", t => t.Exchange(State, to))
                .StepIf(mutation != WaitWordMutation.CountBeforeMove, "Signal: count the waiters",
                    static t => t[Seen] = t.Read(Waiters))
                .Step("Signal: anybody?", t => t.GotoIf(t[Seen] == 0, next))
                .StepIf(mutation != WaitWordMutation.WakeWithoutSignal, "Signal: change the word",
                    static t => t.Add(Signal, 1))
                .StepIf(mutation != WaitWordMutation.WakeOne, "Signal: wake all", static t => t.WakeAll(Signal))
                .StepIf(mutation == WaitWordMutation.WakeOne, "wake one", static t => t.WakeOne(Signal))
                .Label(next);
        }

        return program;
    }
}
