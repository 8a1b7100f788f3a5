namespace Forebay.ModelCheck.Checking;

/// <summary>What may happen in a state of a model, and what comes of it.</summary>
internal sealed class Mover(Explorer explorer)
{
    private const int TryAgain = -11;

    /// <summary>A thread before its first step.</summary>
    public ActorPosition Begin(int actor, ulong[] memory)
    {
        HistoryNode root = explorer.NodeOf(actor, null, 0, memory);
        return new ActorPosition(root, root.Stores, StateAt(root));
    }

    /// <summary>All that may happen.</summary>
    public void List(ModelState state, List<Move> moves)
    {
        moves.Clear();
        for (int n = 0; n < state.Actors.Length; n++)
        {
            ListStores(state.Actors[n], n, moves);
            ListSteps(state, n, moves);
        }

        if (moves.Count == 0)
            ListThoseWhoWaitForQuiet(state, moves);
        if (moves.Count == 0)
            return;
        for (int n = 0; n < state.Actors.Length; n++)
        {
            ActorPosition actor = state.Actors[n];
            if (explorer.Actors[n].IsMortal && actor.Node.Depth > 0
                && actor.State is not (ActorState.Done or ActorState.Dead))
                moves.Add(new Move(n, MoveKind.Die, 0));
        }
    }

    /// <summary>Does it.</summary>
    public ModelState Do(ModelState state, Move move, int number)
    {
        ulong[] memory = (ulong[])state.Memory.Clone();
        var actors = (ActorPosition[])state.Actors.Clone();
        ActorPosition actor = actors[move.Actor];
        switch (move.Kind)
        {
            case MoveKind.Store:
                actor.Stores[move.Option].To(memory);
                actors[move.Actor] = actor with { Stores = Renumbered(Without(actor.Stores, move.Option)) };
                break;
            case MoveKind.Die:
                foreach (Store store in actor.Stores)
                {
                    if (!store.IsAhead)
                        store.To(memory);
                }

                actors[move.Actor] = actor with { Stores = [], State = ActorState.Dead };
                break;
            case MoveKind.Step:
            default:
                Step(memory, actors, move);
                break;
        }

        return new ModelState(number, memory, actors);
    }

    /// <summary>For people.</summary>
    public string Describe(ModelState before, Move move, ModelState after)
    {
        string name = explorer.Actors[move.Actor].Name;
        ActorPosition actor = before.Actors[move.Actor];
        switch (move.Kind)
        {
            case MoveKind.Die:
                return $"{name} dies";
            case MoveKind.Store:
                Store store = actor.Stores[move.Option];
                return $"{name}: stores [{store.Word * sizeof(ulong)}] = {store.Value & store.Mask:x}";
            case MoveKind.Step:
            default:
                Operation operation = actor.Node.Next!;
                return $"{name}: {operation.Kind} [{operation.Place}] ({(long)operation.Argument:x}) "
                    + (after.Actors[move.Actor].State == ActorState.Asleep
                        ? "sleeps" : $"= {(long)after.Actors[move.Actor].Node.Seen:x}");
        }
    }

    private static ActorState StateAt(HistoryNode node) =>
        node.Next is null && node.Violation is null ? ActorState.Done : ActorState.Running;

    private static Store[] Without(Store[] stores, int at) => [.. stores[..at], .. stores[(at + 1)..]];

    // Groups and epochs count from zero, so that equal states are equal.
    private static Store[] Renumbered(Store[] stores)
    {
        int group = -1;
        int epoch = -1;
        int lastGroup = -1;
        int lastEpoch = -1;
        var result = new Store[stores.Length];
        for (int n = 0; n < stores.Length; n++)
        {
            group += stores[n].Group == lastGroup && n > 0 ? 0 : 1;
            epoch += stores[n].Epoch == lastEpoch && n > 0 ? 0 : 1;
            (lastGroup, lastEpoch) = (stores[n].Group, stores[n].Epoch);
            result[n] = stores[n] with { Group = group, Epoch = epoch };
        }

        return result;
    }

    private void ListStores(ActorPosition actor, int number, List<Move> moves)
    {
        for (int n = 0; n < actor.Stores.Length; n++)
        {
            Store store = actor.Stores[n];
            bool isFree = true;
            for (int earlier = 0; earlier < n && isFree; earlier++)
            {
                Store other = actor.Stores[earlier];
                bool isOrdered = other.Group < store.Group && (explorer.Order != MemoryOrder.ReorderedStores
                    || store.IsRelease || other.Epoch < store.Epoch || other.Word == store.Word);
                isFree = !isOrdered;
            }

            if (isFree)
                moves.Add(new Move(number, MoveKind.Store, n));
        }
    }

    private void ListSteps(ModelState state, int number, List<Move> moves)
    {
        ActorPosition actor = state.Actors[number];
        if (actor.State == ActorState.Woken)
            moves.Add(new Move(number, MoveKind.Step, 0));
        if (actor.State != ActorState.Running || actor.Node.Next is not { } next)
            return;
        if (actor.Stores.Length > 0 && (next.IsFence || explorer.Order == MemoryOrder.Sequential))
            return;
        int options = OptionsOf(state, actor.Node, next);
        for (int option = 0; option < options; option++)
            moves.Add(new Move(number, MoveKind.Step, option));
    }

    private static int OptionsOf(ModelState state, HistoryNode node, Operation next)
    {
        bool isFree = true;
        int options = 1;
        if (next.Kind == StepKind.AwaitQuiet)
            isFree = false;
        else if (next.Kind == StepKind.AwaitDeath)
            isFree = state.Actors[(int)next.Argument].State == ActorState.Dead;
        else if (next.Kind == StepKind.Spin)
            isFree = HasChanged(state, node);
        else if (next.Kind == StepKind.Choose)
            options = (int)next.Argument;
        else if (next.Kind == StepKind.Wake && (int)next.Argument == 1)
            options = Math.Max(1, state.Actors.Count(a => a.SleepsOn == next.Place));
        return isFree ? options : 0;
    }

    private static void ListThoseWhoWaitForQuiet(ModelState state, List<Move> moves)
    {
        for (int n = 0; n < state.Actors.Length; n++)
        {
            if (state.Actors[n] is { State: ActorState.Running, Node.Next.Kind: StepKind.AwaitQuiet })
                moves.Add(new Move(n, MoveKind.Step, 0));
        }
    }

    // What it has read last, before it began to spin.
    private static bool HasChanged(ModelState state, HistoryNode node)
    {
        Operation read = node.Parent!.Next!;
        int word = read.Place / sizeof(ulong);
        return state.Memory[word] != node.View[word];
    }

    private void Step(ulong[] memory, ActorPosition[] actors, Move move)
    {
        ActorPosition actor = actors[move.Actor];
        Operation operation = actor.Node.Next!;
        Store[] stores = [.. actor.Stores.Select(static s => s with { IsAhead = false })];
        Span<ulong> view = explorer.Memory.Words;
        memory.CopyTo(view);
        foreach (Store store in stores)
            store.To(view);
        ulong seen = 0;
        switch (operation.Kind)
        {
            case StepKind.Sleep when actor.State == ActorState.Running:
                bool isSame = explorer.Memory.At<int>(operation.Place) == (int)operation.Argument;
                if (isSame || explorer.Defect == Defect.SleepWithoutComparing)
                {
                    actors[move.Actor] = actor with { State = ActorState.Asleep };
                    return;
                }

                seen = unchecked((uint)TryAgain);
                break;
            case StepKind.Wake when explorer.Defect != Defect.NobodyIsWoken:
                Wake(actors, operation, move.Option);
                break;
            case StepKind.Choose:
                seen = (ulong)move.Option;
                break;
            case StepKind.Write when explorer.Order != MemoryOrder.Sequential:
                stores = [.. stores, Late(operation, stores)];
                stores[^1].To(view);
                break;
            default:
                seen = operation.Body?.Invoke() ?? 0;
                if (operation.Kind != StepKind.Read && stores.Length == 0)
                    view.CopyTo(memory);
                break;
        }

        HistoryNode node = explorer.NodeOf(move.Actor, actor.Node, seen, view);
        int group = stores.Length == 0 ? 0 : stores[^1].Group + 1;
        int epoch = stores.Length == 0 ? 0 : stores[^1].Epoch;
        Store[] ahead = [.. node.Stores.Select(s => s with { Group = s.Group + group, Epoch = s.Epoch + epoch })];
        actors[move.Actor] = new ActorPosition(node, Renumbered([.. stores, .. ahead]), StateAt(node));
    }

    private static Store Late(Operation operation, Store[] stores)
    {
        int shift = operation.Place % sizeof(ulong) * 8;
        ulong mask = operation.Bytes == sizeof(ulong) ? ulong.MaxValue : ((1UL << (operation.Bytes * 8)) - 1) << shift;
        int group = stores.Length == 0 ? 0 : stores[^1].Group + 1;
        int epoch = stores.Length == 0 ? 0 : stores[^1].Epoch;
        return new Store(operation.Place / sizeof(ulong), mask, operation.Argument << shift, group, epoch, true, false);
    }

    private static void Wake(ActorPosition[] actors, Operation operation, int option)
    {
        bool isOne = (int)operation.Argument == 1;
        for (int n = 0; n < actors.Length; n++)
        {
            if (actors[n].SleepsOn == operation.Place && (!isOne || option-- == 0))
                actors[n] = actors[n] with { State = ActorState.Woken };
        }
    }
}
