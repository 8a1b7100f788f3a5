namespace Forebay.Tool.Vacuuming;

/// <summary>What <c>forebay vacuum-report --json</c> prints.</summary>
internal sealed record VacuumTables(IReadOnlyList<VacuumEntry> Tables);
