namespace Forebay.Tests.Model;

/// <summary>
/// Goes through every interleaving of a few small programs over a small memory, breadth first, so that what it finds
/// is as short as it can be. Three things are wrong in any model: a check of a step that fails, a final memory that is
/// not as it should be, and a state in which somebody is not done and nobody can move: a lost wake-up.
/// </summary>
/// <remarks>
/// Not modelled: loads that overtake loads. The code has an acquire at each such place, and a comment that says so.
/// A sleeper may also wake for no reason, as the kernel permits; that does not count as being able to move.
/// </remarks>
internal sealed class ModelChecker
{
    private const byte Release = 0x80;
    private const int StatesMax = 5_000_000;

    private readonly ModelLayout _layout;
    private readonly ModelProgram[] _programs;
    private readonly bool _relaxedStores;
    private readonly Dictionary<byte[], (byte[]? From, string Step)> _seen = new(new ByComparison());
    private readonly Queue<byte[]> _open = new();

    private ModelChecker(int cells, ModelProgram[] programs, bool relaxedStores)
    {
        _layout = new ModelLayout(cells, programs.Length);
        _programs = programs;
        _relaxedStores = relaxedStores;
    }

    /// <summary>Explores everything from <paramref name="memory"/>, or until something is wrong.</summary>
    /// <param name="memory">The cells at the start.</param>
    /// <param name="programs">One per thread.</param>
    /// <param name="final">What is wrong with the memory when all are done, or null.</param>
    /// <param name="relaxedStores">Whether plain stores to different cells may overtake each other.</param>
    public static ModelOutcome Explore(
        int[] memory,
        ModelProgram[] programs,
        Func<IReadOnlyList<byte>, string?> final,
        bool relaxedStores = false)
    {
        ModelChecker checker = new(memory.Length, programs, relaxedStores);
        byte[] start = new byte[checker._layout.Length];
        for (int cell = 0; cell < memory.Length; cell++)
            start[cell] = checked((byte)memory[cell]);
        return checker.Run(start, final);
    }

    private ModelOutcome Run(byte[] start, Func<IReadOnlyList<byte>, string?> final)
    {
        Visit(start, null, "start");
        while (_open.TryDequeue(out byte[]? state))
        {
            bool moved = false;
            for (int thread = 0; thread < _programs.Length; thread++)
            {
                moved |= Drain(state, thread);
                if (state[_layout.SleepOf(thread)] != 0)
                {
                    WakeForNoReason(state, thread);
                    continue;
                }

                if (state[_layout.PlaceOf(thread)] == _programs[thread].Length)
                    continue;
                moved = true;
                if (Step(state, thread) is { } violation)
                    return Wrong(violation, state);
            }

            if (moved)
                continue;
            string[] stuck = [.. _programs.Where((_, thread) => state[_layout.SleepOf(thread)] != 0)
                .Select(static program => program.Name)];
            if (stuck.Length > 0)
                return Wrong($"lost wake-up: {string.Join(", ", stuck)} sleeps for ever", state);
            if (final(state) is { } wrong)
                return Wrong(wrong, state);
        }

        return new ModelOutcome(_seen.Count, null, []);
    }

    private string? Step(byte[] state, int thread)
    {
        ModelProgram program = _programs[thread];
        int place = state[_layout.PlaceOf(thread)];
        (string name, Action<ModelThread> body) = program[place];
        int choices = 1;
        for (int choice = 0; choice < choices; choice++)
        {
            byte[] next = [.. state];
            next[_layout.PlaceOf(thread)] = (byte)(place + 1);
            ModelThread at = new(_layout, program, thread, next, choice);
            body(at);
            choices = at.Choices;
            if (at.Violation is not null)
                return $"{program.Name}, {name}: {at.Violation}";
            Visit(next, state, $"{program.Name}: {name}");
        }

        return null;
    }

    // One buffered store reaches memory: the oldest, or with relaxed stores any that nothing holds back.
    private bool Drain(byte[] state, int thread)
    {
        bool any = false;
        for (int entry = 0; entry < ModelLayout.BufferDepth; entry++)
        {
            int at = _layout.BufferOf(thread, entry);
            if (state[at] == 0)
                break;
            if (!MayLeave(state, thread, entry))
                continue;
            byte[] next = [.. state];
            int cell = (next[at] & ~Release) - 1;
            next[cell] = next[at + 1];
            int last = _layout.BufferOf(thread, ModelLayout.BufferDepth - 1);
            next.AsSpan((at + 2)..(last + 2)).CopyTo(next.AsSpan(at));
            (next[last], next[last + 1]) = (0, 0);
            Visit(next, state, $"{_programs[thread].Name}: a store reaches cell {cell}");
            any = true;
        }

        return any;
    }

    private bool MayLeave(byte[] state, int thread, int entry)
    {
        if (entry == 0)
            return true;
        byte store = state[_layout.BufferOf(thread, entry)];
        if (!_relaxedStores || (store & Release) != 0)
            return false;
        for (int older = 0; older < entry; older++)
        {
            if ((state[_layout.BufferOf(thread, older)] & ~Release) == store)
                return false;
        }

        return true;
    }

    private void WakeForNoReason(byte[] state, int thread)
    {
        byte[] next = [.. state];
        next[_layout.SleepOf(thread)] = 0;
        Visit(next, state, $"{_programs[thread].Name}: wakes for no reason");
    }

    private void Visit(byte[] state, byte[]? from, string step)
    {
        if (!_seen.TryAdd(state, (from, step)))
            return;
        Assert.True(_seen.Count <= StatesMax, "the model is too large to be explored");
        _open.Enqueue(state);
    }

    private ModelOutcome Wrong(string violation, byte[] state)
    {
        List<string> trace = [];
        for (byte[]? at = state; at is not null; at = _seen[at].From)
            trace.Add($"{_seen[at].Step}  [{string.Join(' ', at.Take(_layout.Cells))}]");
        trace.Reverse();
        return new ModelOutcome(_seen.Count, violation, trace);
    }

    private sealed class ByComparison : IEqualityComparer<byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] state)
        {
            HashCode hash = default;
            hash.AddBytes(state);
            return hash.ToHashCode();
        }
    }
}
