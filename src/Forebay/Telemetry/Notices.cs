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
}
