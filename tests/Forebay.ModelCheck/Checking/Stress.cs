namespace Forebay.ModelCheck.Checking;

/// <summary>How much is asked for, and how much it was.</summary>
internal static class Stress
{
    /// <summary>Whether models may take minutes.</summary>
    public static bool IsOn => Environment.GetEnvironmentVariable("FOREBAY_STRESS") is not null;

    /// <summary>Says how large a model was.</summary>
    public static void Report(Explorer explorer) => TestContext.Current.TestOutputHelper?.WriteLine(
        $"{explorer.States} states, {explorer.Steps} steps, {explorer.Ends} ends");
}
