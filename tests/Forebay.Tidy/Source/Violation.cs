namespace Forebay.Tidy.Source;

/// <summary>One place that breaks a rule, and a sentence that says what to do instead.</summary>
internal sealed record Violation(string Path, int Line, string Message)
{
    public override string ToString() => $"{Path}:{Line}: {Message}";
}
