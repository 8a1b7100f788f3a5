namespace Forebay.ModelCheck.Checking;

/// <summary>What is taken away from the code under check, to see that it is missed.</summary>
public enum Defect
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A comparison and its store may be parted.</summary>
    CompareExchangeInTwoSteps,

    /// <summary>An exchange reads first and stores later.</summary>
    ExchangeInTwoSteps,

    /// <summary>An addition, or a change of bits, reads first and stores later.</summary>
    ChangeInTwoSteps,

    /// <summary>The kernel wakes nobody.</summary>
    NobodyIsWoken,

    /// <summary>A sleeper does not compare before it sleeps.</summary>
    SleepWithoutComparing,
}
