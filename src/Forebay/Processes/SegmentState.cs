namespace Forebay.Processes;

/// <summary>What a shared segment as a whole is.</summary>
internal enum SegmentState
{
    /// <summary>Its creator is not done with it. Next: Ready.</summary>
    Building = 0,

    /// <summary>Processes work in it. Next: Stopped, when what somebody left behind cannot be repaired.</summary>
    Ready = 1,

    /// <summary>Nobody works in it any more; the header says why.</summary>
    Stopped = 2,
}
