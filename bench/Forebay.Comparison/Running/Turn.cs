namespace Forebay.Comparison.Running;

/// <summary>What a contender is asked for in one turn.</summary>
/// <param name="Seconds">Length of work that has no end of its own.</param>
/// <param name="Seed">Of everything random; the same for all contenders of a round.</param>
internal sealed record Turn(double Seconds, int Seed);
