namespace Forebay.Tests.Model;

/// <summary>
/// One thread of one state while it takes a step. Plain stores go into the thread's store buffer, from where they
/// reach memory later; loads see the own buffer first. Interlocked operations, fences and system calls empty it. That
/// is how x64 behaves; with relaxed stores (see <see cref="ModelChecker"/>) stores to different cells may also overtake
/// each other, as on arm64, unless they are releases.
/// </summary>
internal sealed class ModelThread(ModelLayout layout, ModelProgram program, int number, byte[] state, int choice)
{
    private const byte Release = 0x80;

    /// <summary>The thread's number.</summary>
    public int Number => number;

    /// <summary>How many ways this step could have gone; the checker takes them all.</summary>
    public int Choices { get; private set; } = 1;

    /// <summary>Set by a check that does not hold.</summary>
    public string? Violation { get; private set; }

    public int this[int register]
    {
        get => state[layout.RegisterOf(number, register)];
        set => state[layout.RegisterOf(number, register)] = checked((byte)value);
    }

    public int Read(int cell)
    {
        for (int entry = ModelLayout.BufferDepth - 1; entry >= 0; entry--)
        {
            int at = layout.BufferOf(number, entry);
            if ((state[at] & ~Release) == cell + 1)
                return state[at + 1];
        }

        return state[cell];
    }

    /// <summary>A plain store, or one with release.</summary>
    public void Write(int cell, int value, bool release = false)
    {
        for (int entry = 0; entry < ModelLayout.BufferDepth; entry++)
        {
            int at = layout.BufferOf(number, entry);
            if (state[at] != 0)
                continue;
            state[at] = (byte)((cell + 1) | (release ? Release : 0));
            state[at + 1] = checked((byte)value);
            return;
        }

        throw new InvalidOperationException("store buffer full: the program needs a larger one");
    }

    public void Fence() => Empty();

    public int Exchange(int cell, int value)
    {
        Empty();
        int before = state[cell];
        state[cell] = checked((byte)value);
        return before;
    }

    public bool CompareExchange(int cell, int from, int to)
    {
        Empty();
        if (state[cell] != from)
            return false;
        state[cell] = checked((byte)to);
        return true;
    }

    public void Add(int cell, int difference)
    {
        Empty();
        state[cell] = checked((byte)(state[cell] + difference));
    }

    /// <summary>The futex call: sleeps if the cell holds the value, else goes on.</summary>
    public void Sleep(int cell, int expected)
    {
        Empty();
        if (state[cell] == expected)
            state[layout.SleepOf(number)] = (byte)(cell + 1);
    }

    public void WakeAll(int cell)
    {
        Empty();
        for (int thread = 0; thread < layout.Threads; thread++)
        {
            if (state[layout.SleepOf(thread)] == cell + 1)
                state[layout.SleepOf(thread)] = 0;
        }
    }

    /// <summary>Wakes one sleeper; which one is for the kernel to choose.</summary>
    public void WakeOne(int cell)
    {
        Empty();
        int[] sleepers = [.. Enumerable.Range(0, layout.Threads)
            .Where(thread => state[layout.SleepOf(thread)] == cell + 1)];
        if (sleepers.Length == 0)
            return;
        Choices = sleepers.Length;
        state[layout.SleepOf(sleepers[choice])] = 0;
    }

    public void Goto(string label) => state[layout.PlaceOf(number)] = (byte)program.Place(label);

    public void GotoIf(bool condition, string label)
    {
        if (condition)
            Goto(label);
    }

    public void Check(bool holds, string message)
    {
        if (!holds)
            Violation ??= message;
    }

    // Stores leave the buffer in their order here. Other orders are explored as steps of their own before this one.
    private void Empty()
    {
        for (int entry = 0; entry < ModelLayout.BufferDepth; entry++)
        {
            int at = layout.BufferOf(number, entry);
            if (state[at] != 0)
                state[(state[at] & ~Release) - 1] = state[at + 1];
            (state[at], state[at + 1]) = (0, 0);
        }
    }
}
