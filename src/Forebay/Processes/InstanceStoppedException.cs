namespace Forebay.Processes;

/// <summary>
/// A shared instance has stopped: a process died in it while it was changing a page, and whether that page is whole
/// cannot be known. It can be created anew when its processes have ended; what had not been written is lost.
/// </summary>
public sealed class InstanceStoppedException : IOException
{
    /// <summary>With the reason, which names the page.</summary>
    public InstanceStoppedException(string message)
        : base(message)
    {
    }
}
