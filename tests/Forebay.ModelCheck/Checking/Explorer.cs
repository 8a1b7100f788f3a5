namespace Forebay.ModelCheck.Checking;

/// <summary>
/// Runs a few threads in every order of their steps, and lets those that may die do so before every step. Depth first:
/// each run repeats the choices of the one before it up to the last that has an alternative. A state that was seen
/// before is not gone on from; a state is the memory, and for each thread what it has seen.
/// </summary>
internal sealed class Explorer : IDisposable
{
    private readonly HashSet<UInt128> _seen = [];
    private readonly List<(int Options, int Chosen)> _path = [];
    private readonly List<Runner> _runners = [];
    private readonly int _statesMax;
    private int _depth;

    /// <summary>An explorer that gives up, with a violation, past a number of states.</summary>
    public Explorer(Defect defect = Defect.None, int statesMax = 200_000)
    {
        Defect = defect;
        _statesMax = statesMax;
    }

    public ModelMemory Memory { get; } = new();

    public Defect Defect { get; }

    /// <summary>Different states seen.</summary>
    public int States => _seen.Count;

    /// <summary>Runs made: interleavings, less what they have in common.</summary>
    public int Runs { get; private set; }

    /// <summary>Runs that came to their end, every other one having led to a state seen before.</summary>
    public int RunsToTheEnd { get; private set; }

    /// <summary>Explores everything, or until something is wrong.</summary>
    /// <param name="programs">Makes the threads of one run.</param>
    /// <param name="final">What is wrong with the memory when all are done, or null.</param>
    public string? Explore(Func<Actor[]> programs, Func<IReadOnlyList<Actor>, string?> final)
    {
        while (true)
        {
            Memory.Content.Clear();
            _depth = 0;
            int endsBefore = RunsToTheEnd;
            Runs++;
            using Scheduler run = new(this, programs());
            run.Run();
            string? wrong = run.Violation;
            if (wrong is null && RunsToTheEnd > endsBefore)
                wrong = final(run.Actors);
            if (wrong is not null)
                return $"{wrong}\n{string.Join('\n', run.Trace)}";
            if (States >= _statesMax)
                return "the model is too large to be explored";
            if (!Advance())
                return null;
        }
    }

    public void Dispose()
    {
        foreach (Runner runner in _runners)
            runner.Dispose();
        Memory.Dispose();
    }

    internal Runner Runner(int number)
    {
        while (_runners.Count <= number)
            _runners.Add(new Runner());
        return _runners[number];
    }

    internal void Ended() => RunsToTheEnd++;

    /// <summary>Chooses among moves; −1 = this state was seen before.</summary>
    internal int ChooseMove(int options, Actor[] actors)
    {
        bool isNew = _depth >= _path.Count;
        if (isNew && States >= _statesMax)
            return -1;
        if (isNew && !_seen.Add(Digest(actors)))
            return -1;
        return Choose(options);
    }

    internal int Choose(int options)
    {
        if (_depth == _path.Count)
            _path.Add((options, 0));
        Assert.Equal(_path[_depth].Options, options); // else the run is not a function of the choices
        return _path[_depth++].Chosen;
    }

    private bool Advance()
    {
        _path.RemoveRange(_depth, _path.Count - _depth);
        while (_path.Count > 0)
        {
            (int options, int chosen) = _path[^1];
            if (chosen + 1 < options)
            {
                _path[^1] = (options, chosen + 1);
                return true;
            }

            _path.RemoveAt(_path.Count - 1);
        }

        return false;
    }

    private UInt128 Digest(Actor[] actors)
    {
        ulong high = 14695981039346656037UL;
        ulong low = 7809847782465536322UL;
        foreach (byte b in Memory.Content)
            Mix(b);
        foreach (Actor actor in actors)
        {
            Mix(actor.History);
            Mix((ulong)actor.State | (actor.IsFresh ? 16UL : 0));
            Mix((ulong)actor.SleepsOn);
        }

        return new UInt128(high, low);

        void Mix(ulong value)
        {
            high = (high ^ value) * 1099511628211UL;
            high ^= high >> 31;
            low = (low + value) * 0x9E3779B97F4A7C15UL;
            low ^= low >> 29;
        }
    }
}
