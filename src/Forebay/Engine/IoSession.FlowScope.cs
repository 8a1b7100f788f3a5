using Forebay.Callbacks;

namespace Forebay.Engine;

/// <summary>
/// Sees that a session is one flow's: every public move enters here and leaves when it returns; an awaited wait stays
/// inside. The flag is plain, since it orders nothing: it is there to catch callers that break the rule, cheaply, not
/// to make them work.
/// </summary>
internal sealed partial class IoSession
{
    private bool _occupied;

    private FlowScope EnterFlow()
    {
        HookGuard.CheckOutside();
        ObjectDisposedException.ThrowIf(_disposed, this);
        OccupyFlow();
        return new FlowScope(this);
    }

    private void OccupyFlow()
    {
        if (_occupied)
        {
            throw new InvalidOperationException("A session belongs to one flow at a time: another thread is inside it, "
                + "or one of its waits is not awaited yet.");
        }

        _occupied = true;
    }

    private void LeaveFlow() => _occupied = false;

    private readonly ref struct FlowScope(IoSession session)
    {
        public void Dispose() => session.LeaveFlow();
    }
}
