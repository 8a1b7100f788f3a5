namespace Forebay.Handles;

/// <summary>
/// Names one use of a handle: its index and the generation of that use. Copied freely, kept in descriptors, valid in
/// every thread; once the use is over the generation has moved on, and waiting returns at once.
/// </summary>
/// <param name="Handle">Handle index plus one; zero = no reference, so that zeroed memory holds none.</param>
/// <param name="Generation">The use of that handle.</param>
public readonly record struct IoWaitReference(int Handle, long Generation)
{
    /// <summary>Whether there is anything to wait for.</summary>
    public bool IsValid => Handle != 0;

    /// <summary>Index of the handle.</summary>
    internal int Index => Handle - 1;

    internal static IoWaitReference To(int index, long generation) => new(index + 1, generation);
}
