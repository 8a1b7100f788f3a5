namespace Forebay.ModelCheck.Checking;

/// <summary>
/// Takes a model of a few threads through every order of their steps, lets those that may die do so before every step,
/// and, if asked to, lets their stores arrive late. A state that was seen before is not gone on from.
/// </summary>
internal sealed class Explorer : IDisposable
{
    private readonly HashSet<UInt128> _seen = [];
    private readonly List<(int From, Move Move)> _ways = [];
    private readonly Dictionary<UInt128, HistoryNode> _nodes = [];
    private readonly int _statesMax;
    private readonly Mover _mover;
    private Actor[] _actors = [];

    /// <summary>An explorer that gives up, with a violation, past a number of states.</summary>
    public Explorer(
        Defect defect = Defect.None,
        int statesMax = 1_000_000,
        MemoryOrder order = MemoryOrder.Sequential,
        int bytes = 128)
    {
        Defect = defect;
        Order = order;
        _statesMax = statesMax;
        Memory = new ModelMemory(bytes);
        _mover = new Mover(this);
    }

    /// <summary>The shared memory.</summary>
    public ModelMemory Memory { get; }

    /// <summary>What is taken away.</summary>
    public Defect Defect { get; }

    /// <summary>How late stores may arrive.</summary>
    public MemoryOrder Order { get; }

    /// <summary>The threads.</summary>
    public IReadOnlyList<Actor> Actors => _actors;

    /// <summary>What is wrong with a state, or null; looked at in each.</summary>
    public Func<IReadOnlyList<Actor>, string?>? Always { get; init; }

    /// <summary>Different states seen.</summary>
    public int States => _seen.Count;

    /// <summary>Different states in which nobody can go on.</summary>
    public int Ends { get; private set; }

    /// <summary>Steps taken: ways from one state to the next.</summary>
    public long Steps { get; private set; }

    /// <summary>Explores everything, or until something is wrong.</summary>
    /// <param name="programs">Makes the threads, and sets the memory up.</param>
    /// <param name="final">What is wrong with the memory when nobody can go on, or null.</param>
    /// <returns>What is wrong and how it came to it, or null.</returns>
    public string? Explore(Func<Actor[]> programs, Func<IReadOnlyList<Actor>, string?> final)
    {
        Memory.Words.Clear();
        _actors = programs();
        ulong[] memory = Memory.Words.ToArray();
        ModelState first = new(0, memory, [.. _actors.Select((_, n) => _mover.Begin(n, memory))]);
        Stack<ModelState> open = new();
        _seen.Add(first.Key());
        _ways.Add(default);
        open.Push(first);
        List<Move> moves = [];
        while (open.TryPop(out ModelState? state))
        {
            if (Wrong(state) is { } wrong)
                return Tell(wrong, first, state.Number);
            _mover.List(state, moves);
            if (!moves.Exists(static m => m.Kind != MoveKind.Die))
            {
                if (WrongAtEnd(state, final) is { } wrongAtEnd)
                    return Tell(wrongAtEnd, first, state.Number);
                continue;
            }

            foreach (Move move in moves)
            {
                Steps++;
                ModelState next = _mover.Do(state, move, _ways.Count);
                if (!_seen.Add(next.Key()))
                    continue;
                _ways.Add((state.Number, move));
                open.Push(next);
            }

            if (States >= _statesMax)
                return "the model is too large to be explored";
        }

        return null;
    }

    public void Dispose() => Memory.Dispose();

    /// <summary>The node for what an actor has seen now, made if there was none.</summary>
    internal HistoryNode NodeOf(int actor, HistoryNode? parent, ulong seen, ReadOnlySpan<ulong> view)
    {
        Digest digest = new();
        digest.Mix((ulong)actor);
        digest.Mix((ulong)(parent?.Key ?? 0));
        digest.Mix((ulong)((parent?.Key ?? 0) >> 64));
        digest.Mix(seen);
        foreach ((int start, int bytes) in _actors[actor].PlainlyReads)
        {
            for (int word = start / sizeof(ulong); word < (start + bytes + 7) / sizeof(ulong); word++)
                digest.Mix(view[word]);
        }

        if (_nodes.TryGetValue(digest.Value, out HistoryNode? node))
            return node;
        node = new HistoryNode(actor, parent, seen, view.ToArray(), digest.Value);
        new Scheduler(this, Memory).Run(node, _actors[actor].Body);
        _nodes.Add(digest.Value, node);
        return node;
    }

    private string? Wrong(ModelState state)
    {
        foreach (ActorPosition actor in state.Actors)
        {
            if (actor.Node.Violation is { } violation && actor.State != ActorState.Dead)
                return $"{_actors[actor.Node.Actor].Name}: {violation}";
        }

        if (Always is null)
            return null;
        Show(state);
        return Always(_actors);
    }

    private string? WrongAtEnd(ModelState state, Func<IReadOnlyList<Actor>, string?> final)
    {
        Ends++;
        foreach (ActorPosition actor in state.Actors)
        {
            if (actor.State == ActorState.Asleep)
                return $"lost wake-up: {_actors[actor.Node.Actor].Name} sleeps for ever";
            if (actor is { State: ActorState.Running, Node.Next.Kind: not StepKind.AwaitDeath })
                return $"{_actors[actor.Node.Actor].Name} waits for ever";
        }

        Show(state);
        return final(_actors);
    }

    private void Show(ModelState state)
    {
        state.Memory.CopyTo(Memory.Words);
        for (int n = 0; n < _actors.Length; n++)
            (_actors[n].State, _actors[n].Mark) = (state.Actors[n].State, state.Actors[n].Node.Mark);
    }

    private string Tell(string wrong, ModelState first, int number)
    {
        List<Move> way = [];
        for (int at = number; at != 0; at = _ways[at].From)
            way.Add(_ways[at].Move);
        way.Reverse();
        List<string> lines = [wrong];
        ModelState state = first;
        foreach (Move move in way)
        {
            ModelState next = _mover.Do(state, move, 0);
            lines.Add(_mover.Describe(state, move, next));
            state = next;
        }

        return string.Join('\n', lines);
    }
}
