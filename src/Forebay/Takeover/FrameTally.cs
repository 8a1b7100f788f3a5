namespace Forebay.Takeover;

/// <summary>What those who live claim of one frame.</summary>
internal struct FrameTally
{
    /// <summary>Pins.</summary>
    public int Pins;

    /// <summary>Shared content locks.</summary>
    public int Shared;

    /// <summary>Share-exclusive content locks; at most one of them is a lock.</summary>
    public int ShareExclusive;

    /// <summary>Exclusive content locks; at most one of them is a lock.</summary>
    public int Exclusive;

    /// <summary>Sessions that wait to be alone with the page.</summary>
    public int Alone;

    /// <summary>Whether some of it may be a claim that is ahead of its pin or lock, or behind it.</summary>
    public bool IsMoving;
}
