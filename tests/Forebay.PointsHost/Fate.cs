namespace Forebay.PointsHost;

/// <summary>What happens at a point.</summary>
internal enum Fate
{
    /// <summary>The process is killed.</summary>
    Kill,

    /// <summary>The whole process stops (SIGSTOP), until somebody else has it go on.</summary>
    Stop,

    /// <summary>The thread stands still until it is told to go on; all others run.</summary>
    Hold,
}
