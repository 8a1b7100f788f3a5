namespace Forebay.ModelCheck.Checking;

/// <summary>The next step of a thread.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Place">The word that it is done to.</param>
/// <param name="Bytes">The length of that word.</param>
/// <param name="Argument">The value that is compared or stored, how many are woken, who is mourned.</param>
/// <param name="Body">Does it to the memory, and returns what was seen.</param>
internal sealed record Operation(StepKind Kind, int Place, int Bytes, ulong Argument, Func<ulong>? Body)
{
    /// <summary>Whether all earlier stores of the thread are with the others before it.</summary>
    public bool IsFence => Kind is not (StepKind.Read or StepKind.Write or StepKind.Pause or StepKind.Choose);
}
