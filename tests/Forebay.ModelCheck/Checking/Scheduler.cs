namespace Forebay.ModelCheck.Checking;

/// <summary>
/// Lets the threads of one run take one step at a time: each announces its next step, somebody is chosen, he takes it.
/// The choices come from the <see cref="Explorer"/>. Threads are real ones, since the code that they run is the real
/// code; only one of them runs at any time.
/// </summary>
internal sealed unsafe class Scheduler : IDisposable
{
    [ThreadStatic]
    private static Scheduler? s_current;

    [ThreadStatic]
    private static Actor? s_actor;

    private readonly Explorer _explorer;
    private readonly Actor[] _actors;
    private readonly List<string> _trace = [];
    private readonly Baton _over = new();

    public Scheduler(Explorer explorer, Actor[] actors)
    {
        _explorer = explorer;
        _actors = actors;
    }

    /// <summary>What is taken away from the code under check.</summary>
    public static Defect Defect => s_current?._explorer.Defect ?? Defect.None;

    /// <summary>The scheduler of the calling thread.</summary>
    public static Scheduler Current => s_current ?? throw new InvalidOperationException("Not a thread of a model.");

    /// <summary>What did not hold.</summary>
    public string? Violation { get; private set; }

    /// <summary>The steps taken.</summary>
    public IReadOnlyList<string> Trace => _trace;

    /// <summary>The threads.</summary>
    public IReadOnlyList<Actor> Actors => _actors;

    /// <summary>Takes a step on a word. Outside a run (a final check) it is just done.</summary>
    public static T Step<T>(StepKind kind, ref readonly T word, RefFunc<T> body)
        where T : unmanaged
    {
        ref T at = ref System.Runtime.CompilerServices.Unsafe.AsRef(in word);
        if (s_current is not { } scheduler)
            return body(ref at);
        Actor me = s_actor!;
        scheduler.Announce(me);
        T seen = body(ref at);
        me.Note(kind, scheduler.OffsetOf(ref at), seen.GetHashCode());
        scheduler._trace.Add($"{me.Name}: {kind} [{scheduler.OffsetOf(ref at)}] = {seen}");
        return seen;
    }

    /// <summary>Sleeps on a word that has a value, until somebody wakes it.</summary>
    public int Sleep(ref int word, int expected)
    {
        Actor me = s_actor!;
        Announce(me);
        int offset = OffsetOf(ref word);
        bool sleeps = word == expected || Defect == Defect.SleepWithoutComparing;
        me.Note(StepKind.Sleep, offset, sleeps ? 1 : 0);
        _trace.Add($"{me.Name}: sleep [{offset}] while {expected}: {(sleeps ? "sleeps" : "has changed")}");
        if (!sleeps)
            return -11;
        me.SleepsOn = offset;
        GoOn(me);
        me.Note(StepKind.Sleep, offset, 2); // being awake is a state of its own
        return 0;
    }

    /// <summary>Wakes sleepers; which ones is a choice.</summary>
    public void Wake(ref int word, int count)
    {
        Actor me = s_actor!;
        Announce(me);
        int offset = OffsetOf(ref word);
        me.Note(StepKind.Wake, offset, 0);
        List<Actor> sleepers = [.. _actors.Where(a => a.SleepsOn == offset && a.State != ActorState.Dead)];
        if (Defect == Defect.NobodyIsWoken)
            sleepers.Clear();
        for (; count > 0 && sleepers.Count > 0; count--)
        {
            Actor chosen = sleepers[_explorer.Choose(sleepers.Count)];
            sleepers.Remove(chosen);
            chosen.SleepsOn = Actor.Awake;
            _trace.Add($"{me.Name}: wakes {chosen.Name}");
        }
    }

    /// <summary>Waits until a thread has died; if it never does, waits for ever, which is nobody's fault.</summary>
    public void AwaitDeath(int actor)
    {
        Actor me = s_actor!;
        me.Mourns = _actors[actor];
        Announce(me);
        me.Mourns = null;
        me.Note(StepKind.Sleep, 0, actor); // as above
    }

    /// <summary>Says that all that the calling thread has seen before matters no more.</summary>
    public static void StandAt(int label) => s_actor!.StandAt(label);

    /// <summary>A condition of the program.</summary>
    public void Check(bool holds, string message)
    {
        if (holds)
            return;
        Violation ??= $"{s_actor?.Name}: {message}";
        throw new RunAbandonedException();
    }

    /// <summary>Runs all threads to their end.</summary>
    public void Run()
    {
        for (int n = 0; n < _actors.Length; n++)
            _actors[n].Begin(this, _explorer.Runner(n));
        Actor? first = Choose();
        if (first is not null)
        {
            first.Baton.Release();
            _over.Wait();
        }

        foreach (Actor actor in _actors)
            actor.Leave();
    }

    public void Dispose()
    {
        _over.Dispose();
        foreach (Actor actor in _actors)
            actor.Dispose();
    }

    internal void Enter(Actor actor)
    {
        s_current = this;
        s_actor = actor;
    }

    internal void Exit(Actor actor, Exception? failure)
    {
        s_current = null;
        s_actor = null;
        if (failure is not null and not RunAbandonedException)
            Violation ??= $"{actor.Name}: {failure.Message}";
        if (actor.State != ActorState.Dead)
            actor.State = ActorState.Done;
        if (actor.IsLeaving)
            return;
        Actor? next = Violation is null ? Choose() : null;
        if (next is null)
            _over.Release();
        else
            next.Baton.Release();
    }

    private int OffsetOf<T>(ref T word)
        where T : unmanaged
    {
        long offset = (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref word) - _explorer.Memory.Address;
        return offset >= 0 && offset < ModelMemory.Bytes
            ? (int)offset
            : throw new InvalidOperationException("A step on memory that is not the model's.");
    }

    // The first step of a thread was chosen when the thread was.
    private void Announce(Actor me)
    {
        if (me.IsFresh)
            me.IsFresh = false;
        else
            GoOn(me);
        if (me.Mourns is { State: not ActorState.Dead })
            GoOn(me);
    }

    private void GoOn(Actor me)
    {
        if (me.IsLeaving || me.State == ActorState.Dead)
            throw new RunAbandonedException();
        Actor? next = Choose();
        if (next == me)
            return;
        if (next is null)
            _over.Release();
        else
            next.Baton.Release();
        me.Baton.Wait();
        if (me.IsLeaving || me.State == ActorState.Dead)
            throw new RunAbandonedException();
    }

    // Who runs next, or dies: null = nobody can, or this state has been seen before.
    private Actor? Choose()
    {
        while (true)
        {
            List<(Actor Actor, bool Dies)> moves = [];
            foreach (Actor actor in _actors)
            {
                if (actor.CanMove)
                    moves.Add((actor, false));
            }

            if (moves.Count == 0)
            {
                Actor? stuck = _actors.FirstOrDefault(static a => a.IsStuck);
                if (stuck is not null)
                    Violation ??= $"lost wake-up: {stuck.Name} sleeps for ever";
                else
                    _explorer.Ended();
                return null;
            }

            foreach (Actor actor in _actors)
            {
                if (actor.MayDie)
                    moves.Add((actor, true));
            }

            int choice = _explorer.ChooseMove(moves.Count, _actors);
            if (choice < 0)
                return null;
            (Actor chosen, bool dies) = moves[choice];
            if (!dies)
                return chosen;
            chosen.State = ActorState.Dead;
            _trace.Add($"{chosen.Name} dies");
        }
    }
}
