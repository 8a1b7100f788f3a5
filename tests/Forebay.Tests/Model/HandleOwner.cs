namespace Forebay.Tests.Model;

/// <summary>What the owner does with the handle that it has published while describing it.</summary>
public enum HandleOwner
{
    /// <summary>Stages it, and never does anything again.</summary>
    StagesAndStops,

    /// <summary>Stages and submits it, and never does anything again.</summary>
    SubmitsAndStops,

    /// <summary>Gives it back unused.</summary>
    Releases,

    /// <summary>Submits it, waits, reclaims it, and has it handed out again for another use.</summary>
    ReclaimsAndHandsOutAgain,
}
