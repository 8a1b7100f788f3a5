namespace Forebay.ModelCheck.Checking;

/// <summary>What a step does.</summary>
internal enum StepKind
{
    Read = 1,
    Write,
    CompareExchange,
    Exchange,
    Add,
    Bits,
    Fence,
    Sleep,
    Wake,
    Spin,
    AwaitDeath,
    AwaitQuiet,
    Pause,
    Choose,
}
