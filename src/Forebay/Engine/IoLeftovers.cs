namespace Forebay.Engine;

/// <summary>What a piece of work left open in its session.</summary>
[Flags]
internal enum IoLeftovers
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A handle that was acquired and neither started nor released.</summary>
    Handle = 1,

    /// <summary>A batch that was entered and not exited.</summary>
    Batch = 2,
}
