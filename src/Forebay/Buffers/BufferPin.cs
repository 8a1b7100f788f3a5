namespace Forebay.Buffers;

/// <summary>A session's hold on a frame: the frame number and where the session's ledger remembers it.</summary>
/// <param name="Entry">Ledger entry plus one; 0 = no pin.</param>
/// <param name="Frame">Frame number in its pool.</param>
internal readonly record struct BufferPin(int Entry, int Frame)
{
    /// <summary>Whether there is a pin.</summary>
    public bool IsValid => Entry != 0;
}
