using Forebay.Tool.Output;

namespace Forebay.Tool.Watching;

/// <summary>Says that the instance that is looked at has stopped, beside what the view shows.</summary>
internal static class StopNote
{
    /// <summary>One line on stderr, if there is something to say.</summary>
    public static void Tell(ToolConsole console, ForebayViewer viewer)
    {
        if (viewer.StopReason is { } reason)
            console.Complain($"forebay: the instance '{viewer.Name}' has stopped: {reason}");
    }
}
