namespace Forebay.Comparison.Running;

/// <summary>
/// Somebody who does a piece of work on the test file, in a way that can be compared with the others.
/// </summary>
/// <param name="file">The test file.</param>
/// <param name="pages">Its pages of 8 KiB.</param>
internal abstract class Contender(string file, int pages)
{
    public const int PageBytes = 8192;

    public abstract string Name { get; }

    /// <summary>Why it cannot run here; null = it can. A missing peer is named in the report.</summary>
    public virtual string? Missing => null;

    protected string File { get; } = file;

    protected int Pages { get; } = pages;

    /// <summary>Runs for about the given time (random work) or once over the file (sequential work).</summary>
    public abstract Measurement Run(double seconds, int seed);
}
