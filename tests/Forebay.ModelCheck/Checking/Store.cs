namespace Forebay.ModelCheck.Checking;

/// <summary>A store that is not with the others yet.</summary>
/// <param name="Word">Which eight bytes.</param>
/// <param name="Mask">Which of them.</param>
/// <param name="Value">What is stored.</param>
/// <param name="Group">Stores of one group have no order among themselves.</param>
/// <param name="Epoch">Write barriers before it.</param>
/// <param name="IsRelease">All earlier ones go first.</param>
/// <param name="IsAhead">The thread has not come to it: dying now, it never does.</param>
internal readonly record struct Store(
    int Word, ulong Mask, ulong Value, int Group, int Epoch, bool IsRelease, bool IsAhead)
{
    /// <summary>Does it.</summary>
    public void To(Span<ulong> memory) => memory[Word] = (memory[Word] & ~Mask) | (Value & Mask);
}
