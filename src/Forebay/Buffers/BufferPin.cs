namespace Forebay.Buffers;

/// <summary>
/// A session's hold on a frame, in one word, as it is in the session's ledger: the number of the pin, different each
/// time, in the high half; the frame plus one in the low half. One word, so that a copy is one load and one store.
/// </summary>
/// <param name="Raw">The word; 0 = no pin.</param>
internal readonly record struct BufferPin(long Raw)
{
    /// <summary>Whether there is a pin.</summary>
    public bool IsValid => Raw != 0;

    /// <summary>Number of the pin in the ledger.</summary>
    public uint Number => (uint)(Raw >>> 32);

    /// <summary>Frame number in its pool.</summary>
    public int Frame => (int)Raw - 1;
}
