namespace Forebay.Storage;

/// <summary>One reading of a slot's word: leases, use bits, state and generation.</summary>
/// <param name="Raw">
/// Bits 0–27 leases, 28 recently leased, 29 written since the last sync, 30–31 state, 32–63 generation.
/// </param>
internal readonly record struct FileSlotWord(long Raw)
{
    /// <summary>Most leases at a time; far more than there are handles.</summary>
    public const int LeasesMax = (1 << 28) - 1;

    /// <summary>Set by leasing, taken away by the clock's hand.</summary>
    public const long RecentBit = 1L << 28;

    /// <summary>Something was written that no sync has covered yet.</summary>
    public const long WrittenBit = 1L << 29;

    private const int StateShift = 30;
    private const int GenerationShift = 32;

    /// <summary>A word without leases.</summary>
    public FileSlotWord(FileSlotState state, uint generation, int leases = 0)
        : this(((long)generation << GenerationShift) | ((long)state << StateShift) | (long)leases)
    {
    }

    /// <summary>Operations that use the descriptor.</summary>
    public int Leases => (int)(Raw & LeasesMax);

    /// <summary>The state.</summary>
    public FileSlotState State => (FileSlotState)((Raw >>> StateShift) & 3);

    /// <summary>Which opening of the slot this is.</summary>
    public uint Generation => (uint)(Raw >>> GenerationShift);

    /// <summary>Leased since the clock's hand last came by.</summary>
    public bool IsRecent => (Raw & RecentBit) != 0;

    /// <summary>Written since the last sync.</summary>
    public bool IsWritten => (Raw & WrittenBit) != 0;

    /// <summary>The same with another state.</summary>
    public FileSlotWord With(FileSlotState state) =>
        new((Raw & ~(3L << StateShift)) | ((long)state << StateShift));
}
