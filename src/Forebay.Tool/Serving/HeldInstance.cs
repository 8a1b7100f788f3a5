using Forebay.Processes;

namespace Forebay.Tool.Serving;

/// <summary>Waiting, as one who only holds a shared instance or works for it does.</summary>
internal static class HeldInstance
{
    private static readonly TimeSpan s_lookAround = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Returns when it is interrupted, or when <paramref name="isOver"/>, which is asked now and then.
    /// </summary>
    /// <exception cref="InstanceStoppedException">
    /// It has stopped: whoever stays keeps the next one from making it anew.
    /// </exception>
    public static void WaitUntil(ForebayInstance instance, Func<bool> isOver, CancellationToken interruption)
    {
        while (!interruption.WaitHandle.WaitOne(s_lookAround))
        {
            if (instance.StopReason is { } reason)
                throw new InstanceStoppedException($"The shared instance has stopped: {reason}");
            if (isOver())
                return;
        }
    }
}
