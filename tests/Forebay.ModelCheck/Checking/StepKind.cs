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
    Sleep,
    Wake,
}
