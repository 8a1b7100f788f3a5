namespace Forebay.Buffers;

/// <summary>
/// Knows a page format well enough to tell a good page from a bad one as it comes in, and to make a page ready to go
/// out. Registered under a small id; one instance serves all threads. Runs in completions: its methods must not throw,
/// allocate or block.
/// </summary>
public abstract class PageCheck
{
    /// <summary>Name for views and for the fingerprint that processes compare.</summary>
    public abstract string Name { get; }

    /// <summary>Judges a page that was just read.</summary>
    /// <param name="page">The whole page.</param>
    /// <param name="block">Its block number in the whole relation fork.</param>
    public abstract PageVerdict Check(ReadOnlySpan<byte> page, uint block);

    /// <summary>
    /// Makes a page ready to be written, for instance sets its checksum. Nobody else changes it meanwhile.
    /// </summary>
    /// <param name="page">The whole page.</param>
    /// <param name="block">Its block number in the whole relation fork.</param>
    public virtual void Seal(Span<byte> page, uint block)
    {
    }
}
