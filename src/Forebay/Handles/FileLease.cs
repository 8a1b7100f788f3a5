namespace Forebay.Handles;

/// <summary>
/// A file kept open for one operation in the executing process. Given by the target, taken back by it when the raw
/// result is in; until then the descriptor is neither closed nor reused.
/// </summary>
/// <param name="Descriptor">The file descriptor.</param>
/// <param name="Slot">The target's own number for the open file; also the slot of a registered file.</param>
public readonly record struct FileLease(int Descriptor, int Slot)
{
    /// <summary>No file: of an operation that failed before one was opened.</summary>
    public static FileLease None => new(-1, -1);

    /// <summary>Whether a file is leased.</summary>
    public bool IsValid => Descriptor >= 0;
}
