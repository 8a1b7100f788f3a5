namespace Forebay.Tool.Commands;

/// <summary>What <c>forebay methods --json</c> prints.</summary>
internal sealed record MethodsReport(
    string Requested, string Effective, string Reason, IReadOnlyList<MethodsReport.Entry> Methods)
{
    /// <summary>One method.</summary>
    internal sealed record Entry(
        string Name, bool Available, string Reason, string Hint, IReadOnlyList<string> Features);
}
