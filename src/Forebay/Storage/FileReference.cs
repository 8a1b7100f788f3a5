namespace Forebay.Storage;

/// <summary>
/// Names one opening of a file: its slot in the file table and the slot's generation at that time, in one word that
/// is read and written at once. Kept by forks as a hint; a stale one is recognised, never followed.
/// </summary>
/// <param name="Raw">Generation in the upper half, slot plus one in the lower; zero = none.</param>
internal readonly record struct FileReference(long Raw)
{
    /// <summary>Names an opening.</summary>
    public FileReference(int slot, uint generation)
        : this(((long)generation << 32) | (uint)(slot + 1))
    {
    }

    /// <summary>Whether it names anything.</summary>
    public bool IsValid => Raw != 0;

    /// <summary>Slot in the file table.</summary>
    public int Slot => (int)(uint)Raw - 1;

    /// <summary>Generation of the slot.</summary>
    public uint Generation => (uint)(Raw >>> 32);
}
