namespace Forebay.Tool.Output;

/// <summary>What the tool's exit codes mean, the same for every command.</summary>
internal static class ExitCodes
{
    /// <summary>Done, nothing wrong.</summary>
    public const int Fine = 0;

    /// <summary>Done, something wrong was found.</summary>
    public const int FoundSomething = 1;

    /// <summary>Could not run, or not to the end.</summary>
    public const int CouldNotRun = 2;
}
