namespace Forebay.Tool.Benchmarks;

/// <summary>In which order pages are read.</summary>
internal enum BenchPattern
{
    /// <summary>All, one after another.</summary>
    Sequential,

    /// <summary>All, each once, in an order drawn from the seed.</summary>
    Random,

    /// <summary>In order, every third run of four blocks.</summary>
    Skip,
}
