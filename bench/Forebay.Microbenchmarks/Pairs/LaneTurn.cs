namespace Forebay.Microbenchmarks.Pairs;

/// <summary>One turn of a lane.</summary>
/// <param name="Nanoseconds">Wall time per operation.</param>
/// <param name="CpuNanoseconds">User and system time of the process per operation.</param>
/// <param name="AllocatedBytes">Managed allocation per operation, of all threads.</param>
internal readonly record struct LaneTurn(double Nanoseconds, double CpuNanoseconds, double AllocatedBytes);
