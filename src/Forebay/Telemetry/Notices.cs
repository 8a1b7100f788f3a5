namespace Forebay.Telemetry;

/// <summary>Where notices go. Raised by issuers, never on a completion path, so a receiver may be slow.</summary>
internal sealed class Notices(Action<Notice>? receiver)
{
    /// <summary>Passes a notice on.</summary>
    public void Raise(string kind, string message, Exception? cause = null)
    {
        ForebayEventSource.Log.Noticed(kind, message);
        receiver?.Invoke(new Notice(kind, message, cause));
    }

    /// <summary>
    /// Passes a notice on by another thread, for those who must go on whatever its receiver does. What he throws there
    /// is nobody's.
    /// </summary>
    public void RaiseAside(string kind, string message)
    {
        ForebayEventSource.Log.Noticed(kind, message);
        if (receiver is null)
            return;
        ThreadPool.UnsafeQueueUserWorkItem(Deliver, (receiver, new Notice(kind, message, null)), preferLocal: false);
    }

    /// <summary>Passes a notice on; what its receiver throws is nobody's. For threads that nobody waits for.</summary>
    public void RaiseGuarded(string kind, string message)
    {
        ForebayEventSource.Log.Noticed(kind, message);
        if (receiver is not null)
            Deliver((receiver, new Notice(kind, message, null)));
    }

    private static void Deliver((Action<Notice> Receiver, Notice Notice) due)
    {
        try
        {
            due.Receiver(due.Notice);
        }
#pragma warning disable CA1031 // whatever it is: an exception here would end the process
        catch (Exception exception)
#pragma warning restore CA1031
        {
            ForebayEventSource.Log.Noticed("notice-failed", $"The receiver of '{due.Notice.Kind}' threw: {exception}");
        }
    }
}
