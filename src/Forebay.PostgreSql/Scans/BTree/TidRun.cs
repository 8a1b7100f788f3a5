namespace Forebay.PostgreSql.Scans.BTree;

/// <summary>Places of one page that follow one another in a queue.</summary>
/// <param name="Start">The number of the first.</param>
/// <param name="Count">How many there are.</param>
internal readonly record struct TidRun(long Start, int Count);
