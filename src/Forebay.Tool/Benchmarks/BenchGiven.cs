namespace Forebay.Tool.Benchmarks;

/// <summary>Which settings were asked for: those that were not, a shared instance that is there decides.</summary>
/// <param name="Pool">--pool.</param>
/// <param name="Method">--io-method.</param>
/// <param name="Checksum">--checksum.</param>
internal readonly record struct BenchGiven(bool Pool, bool Method, bool Checksum);
