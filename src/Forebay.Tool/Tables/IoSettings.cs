using Forebay.Tool.Parsing;

namespace Forebay.Tool.Tables;

/// <summary>How the tables of a cluster are read.</summary>
/// <param name="Method">How I/O is executed.</param>
/// <param name="Direct">Past the page cache or through it; unsaid = past it where the file system can.</param>
/// <param name="Concurrency">Reads in flight per session.</param>
internal sealed record IoSettings(IoMethod Method, OnOff Direct, int Concurrency)
{
    /// <summary>Reads in flight if nothing is said.</summary>
    public const int ConcurrencyDefault = 16;
}
