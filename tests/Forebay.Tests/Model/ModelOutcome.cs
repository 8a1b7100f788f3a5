namespace Forebay.Tests.Model;

/// <summary>What a check found.</summary>
/// <param name="States">Different states seen.</param>
/// <param name="Violation">What does not hold, or null.</param>
/// <param name="Trace">How it came about: one line per step.</param>
internal sealed record ModelOutcome(int States, string? Violation, IReadOnlyList<string> Trace)
{
    public override string ToString() => Violation is null
        ? $"{States} states, nothing wrong"
        : $"{Violation}\n{string.Join('\n', Trace)}";
}
