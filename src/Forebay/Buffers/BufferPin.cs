namespace Forebay.Buffers;

/// <summary>A session's hold on a frame: the frame, and its number in the session's ledger.</summary>
/// <param name="Number">Number of the pin in the ledger, different each time; 0 = no pin.</param>
/// <param name="Frame">Frame number in its pool.</param>
internal readonly record struct BufferPin(int Number, int Frame)
{
    /// <summary>Whether there is a pin.</summary>
    public bool IsValid => Number != 0;
}
