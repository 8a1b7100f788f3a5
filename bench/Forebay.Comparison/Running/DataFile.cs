namespace Forebay.Comparison.Running;

/// <summary>The relation file that everybody reads.</summary>
/// <param name="Path">Its first, and here only, segment.</param>
/// <param name="Pages">Its pages of 8 KiB.</param>
internal sealed record DataFile(string Path, int Pages)
{
    public long Bytes => (long)Pages * Contender.PageBytes;
}
