namespace Forebay.Tool.Benchmarks;

/// <summary>The words of patterns and methods on the command line and in results.</summary>
internal static class BenchWords
{
    /// <summary>Patterns.</summary>
    public static IReadOnlyList<(string Word, BenchPattern Value)> Patterns { get; } =
        [.. Enum.GetValues<BenchPattern>().Select(pattern => (Of(pattern), pattern))];

    /// <summary>Methods, what others are compared with first.</summary>
    public static IReadOnlyList<(string Word, IoMethod Value)> Methods { get; } =
        [.. ((IoMethod[])[IoMethod.Sync, IoMethod.Worker, IoMethod.IoUring])
            .Select(method => (ForebayNames.Of(method), method))];

    /// <summary>The word of a pattern.</summary>
    public static string Of(BenchPattern pattern) => pattern switch
    {
        BenchPattern.Sequential => "sequential",
        BenchPattern.Random => "random",
        BenchPattern.Skip => "skip",
        _ => throw new ArgumentOutOfRangeException(nameof(pattern), pattern, null),
    };
}
