using System.Runtime.CompilerServices;
using Forebay.Primitives;

namespace Forebay.ModelCheck.Checking;

/// <summary>
/// Finds out what a thread does next: runs its program, which is the real code, from its beginning, and gives it at
/// each step what it has seen there before. The first step of which that is not known yet is the next one; it is not
/// done, but noted, and the program is left. No threads are needed for that.
/// </summary>
internal sealed class Scheduler(Explorer explorer, ModelMemory memory)
{
    [ThreadStatic]
    private static Scheduler? s_current;

    private readonly List<HistoryNode> _path = [];
    private readonly List<Store> _stores = [];
    private readonly ulong[] _before = new ulong[memory.Words.Length];
    private int _at;
    private bool _isLeaving;
    private int? _label;
    private int _epoch;

    /// <summary>What is taken away from the code under check.</summary>
    public static Defect Defect => s_current?.TakenAway ?? Defect.None;

    /// <summary>The scheduler of the calling thread.</summary>
    public static Scheduler Current => s_current ?? throw new InvalidOperationException("Not a thread of a model.");

    private Defect TakenAway => explorer.Defect;

    private HistoryNode Node => _path[^1];

    /// <summary>Runs the node's actor as far as it is known, and notes in the node what comes next.</summary>
    public void Run(HistoryNode node, Action program)
    {
        _path.Clear();
        for (HistoryNode? at = node; at is not null; at = at.Parent)
            _path.Add(at);
        _path.Reverse();
        (_at, _isLeaving, _label, _epoch) = (0, false, null, 0);
        _stores.Clear();
        Look();
        s_current = this;
        try
        {
            using (Invariant.ThrowOnThisThread())
                program();
            Collect();
            if (_at < _path.Count - 1)
                throw new InvalidOperationException("A program is not a function of what it sees.");
        }
        catch (RunAbandonedException)
        {
        }
        catch (Exception exception)
        {
            node.Violation = exception.Message;
        }
        finally
        {
            s_current = null;
        }

        node.Stores = [.. _stores];
        if (_label is { } label)
            node.Key = new UInt128(ulong.MaxValue - (ulong)node.Actor, (ulong)label);
    }

    /// <summary>Takes a step on a word. Outside a model's threads (a final check) it is just done.</summary>
    public static T Step<T>(StepKind kind, ref readonly T word, RefFunc<T> body, T argument = default)
        where T : unmanaged
    {
        ref T at = ref Unsafe.AsRef(in word);
        if (s_current is not { } scheduler)
            return body(ref at);
        ModelMemory memory = scheduler.Memory;
        int place = memory.PlaceOf(ref at);
        ulong bits = scheduler.Take(kind, place, Unsafe.SizeOf<T>(), Bits(argument),
            () => Bits(body(ref memory.At<T>(place))));
        return Unsafe.As<ulong, T>(ref bits);
    }

    /// <summary>Sleeps on a word that has a value, until somebody wakes it.</summary>
    public int Sleep(ref int word, int expected) =>
        (int)Take(StepKind.Sleep, memory.PlaceOf(ref word), sizeof(int), (uint)expected, null);

    /// <summary>Wakes sleepers; which ones is a choice.</summary>
    public void Wake(ref int word, int count) =>
        Take(StepKind.Wake, memory.PlaceOf(ref word), sizeof(int), (uint)count, null);

    /// <summary>Goes on only when the word that was read last has changed.</summary>
    public static void Spin()
    {
        if (s_current is { } scheduler)
            scheduler.Take(StepKind.Spin, 0, 0, 0, null);
    }

    /// <summary>All that was stored before is with the others before what is stored later.</summary>
    public static void WriteBarrier()
    {
        if (s_current is not { } scheduler)
            return;
        scheduler.Collect();
        scheduler._epoch++;
    }

    /// <summary>All that was stored before is with the others.</summary>
    public static void Fence() => s_current?.Take(StepKind.Fence, 0, 0, 0, null);

    /// <summary>Goes on when a thread has died; if it never does, waits for ever, which is nobody's fault.</summary>
    public void AwaitDeath(int actor) => Take(StepKind.AwaitDeath, 0, 0, (uint)actor, null);

    /// <summary>Goes on when no other thread can.</summary>
    public void AwaitQuiet() => Take(StepKind.AwaitQuiet, 0, 0, 0, null);

    /// <summary>A step that does nothing: others may come in between.</summary>
    public void Pause() => Take(StepKind.Pause, 0, 0, 0, null);

    /// <summary>One of so many, each in turn.</summary>
    public int Choose(int options) => (int)Take(StepKind.Choose, 0, 0, (uint)options, null);

    /// <summary>Says something of the thread that is checked in each state (<see cref="Explorer.Always"/>).</summary>
    public void Mark(long mark)
    {
        if (!_isLeaving)
            Node.Mark = mark;
    }

    /// <summary>What was said last.</summary>
    public long Said => Node.Mark;

    /// <summary>
    /// All that the calling thread has seen before matters no more: where it stands is the label alone.
    /// </summary>
    public static void StandAt(int label)
    {
        if (Current is { _isLeaving: false } scheduler && scheduler._at == scheduler._path.Count - 1)
            scheduler._label = label;
    }

    /// <summary>A condition of the program.</summary>
    public void Check(bool holds, string message)
    {
        if (!holds && !_isLeaving)
            throw new InvalidOperationException(message);
    }

    private ModelMemory Memory => memory;

    private static ulong Bits<T>(T value)
        where T : unmanaged
    {
        ulong bits = 0;
        Unsafe.As<ulong, T>(ref bits) = value;
        return bits;
    }

    private ulong Take(StepKind kind, int place, int bytes, ulong argument, Func<ulong>? body)
    {
        if (_isLeaving)
            throw new RunAbandonedException();
        if (_at == _path.Count - 1)
        {
            Collect();
            Node.Next = new Operation(kind, place, bytes, argument, body);
            _isLeaving = true;
            throw new RunAbandonedException();
        }

        _at++;
        Look();
        return _path[_at].Seen;
    }

    private void Look()
    {
        _path[_at].View.CopyTo(memory.Words);
        _path[_at].View.CopyTo(_before, 0);
        if (_at == _path.Count - 1)
            Node.Mark = Node.Parent?.Mark ?? 0;
    }

    // What was stored since the last step without one.
    private void Collect()
    {
        if (_at < _path.Count - 1)
            return;
        Span<ulong> words = memory.Words;
        for (int word = 0; word < words.Length; word++)
        {
            if (words[word] == _before[word])
                continue;
            ulong mask = 0;
            for (int bit = 0; bit < 64; bit += 8)
                mask |= ((words[word] ^ _before[word]) & (0xFFUL << bit)) == 0 ? 0 : 0xFFUL << bit;
            _stores.Add(new Store(word, mask, words[word], _epoch, _epoch, false, true));
            _before[word] = words[word];
        }
    }
}
