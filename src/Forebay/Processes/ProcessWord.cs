namespace Forebay.Processes;

/// <summary>
/// One reading of a process slot's word: state in the low 8 bits, in the next 8 the slot of who recovers it (while
/// Recovering), generation in the high 32. The generation goes up whenever the slot becomes free.
/// </summary>
/// <param name="Raw">The word.</param>
internal readonly record struct ProcessWord(long Raw)
{
    /// <summary>A word of the given parts.</summary>
    public ProcessWord(ProcessState state, uint generation, int recoverer = 0)
        : this((long)generation << 32 | (long)(byte)recoverer << 8 | (byte)state)
    {
    }

    /// <summary>The state.</summary>
    public ProcessState State => (ProcessState)(byte)Raw;

    /// <summary>Slot of the process that recovers it.</summary>
    public int Recoverer => (byte)(Raw >> 8);

    /// <summary>The use of the slot.</summary>
    public uint Generation => (uint)(Raw >>> 32);
}
