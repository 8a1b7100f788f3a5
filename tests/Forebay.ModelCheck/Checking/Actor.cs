namespace Forebay.ModelCheck.Checking;

/// <summary>One thread of a run. What it has seen so far determines where it stands in its program.</summary>
internal sealed class Actor(string name, Action body, bool isMortal) : IDisposable
{
    public const int Awake = -1;

    private Runner? _runner;

    public string Name => name;

    public Baton Baton { get; } = new();

    public ActorState State { get; set; }

    /// <summary>Not one step taken.</summary>
    public bool IsFresh { get; set; } = true;

    /// <summary>The word that it sleeps on, by its place in memory.</summary>
    public int SleepsOn { get; set; } = Awake;

    /// <summary>Goes on only after this one's death.</summary>
    public Actor? Mourns { get; set; }

    /// <summary>The run is over: the thread only finds its way out.</summary>
    public bool IsLeaving { get; private set; }

    /// <summary>A digest of all that it has seen.</summary>
    public ulong History { get; private set; } = 14695981039346656037UL;

    public bool CanMove => State == ActorState.Running && SleepsOn == Awake
        && Mourns is not { State: not ActorState.Dead };

    public bool IsStuck => State == ActorState.Running && SleepsOn != Awake;

    public bool MayDie => isMortal && State == ActorState.Running && !IsFresh;

    public void Note(StepKind kind, int place, int seen)
    {
        History = (History ^ (uint)kind) * 1099511628211UL;
        History = (History ^ (uint)place) * 1099511628211UL;
        History = (History ^ (uint)seen) * 1099511628211UL;
        History ^= History >> 29;
    }

    /// <summary>All that was seen before matters no more: where it stands is the label alone.</summary>
    public void StandAt(int label)
    {
        History = 14695981039346656037UL;
        Note(StepKind.Sleep, -1, label);
    }

    public void Begin(Scheduler scheduler, Runner runner)
    {
        _runner = runner;
        runner.Start(() => Run(scheduler));
    }

    public void Leave()
    {
        IsLeaving = true;
        Baton.Release();
        _runner!.Join();
    }

    public void Dispose() => Baton.Dispose();

    private void Run(Scheduler scheduler)
    {
        Exception? failure = null;
        Baton.Wait();
        scheduler.Enter(this);
        try
        {
            if (!IsLeaving)
                body();
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        scheduler.Exit(this, failure);
    }
}
