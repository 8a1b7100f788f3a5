namespace Forebay.Tool.Tables;

/// <summary>What <c>forebay tables --json</c> prints.</summary>
internal sealed record TablesReport(IReadOnlyList<TableEntry> Tables, IReadOnlyList<string> Databases);
