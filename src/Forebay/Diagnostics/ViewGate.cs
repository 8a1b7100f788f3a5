namespace Forebay.Diagnostics;

/// <summary>
/// Keeps memory mapped while somebody looks at it. Viewers and the end of the instance alone meet here: whoever does
/// I/O never comes by.
/// </summary>
internal sealed class ViewGate
{
    private readonly Lock _gate = new();
    private bool _isClosed;

    /// <summary>Looks, unless there is nothing to look at any more.</summary>
    /// <exception cref="ObjectDisposedException">There is not.</exception>
    public T Look<T>(Func<T> view)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            return view();
        }
    }

    /// <summary>As <see cref="Look"/>, for those who come by themselves: a timer, a listener of metrics.</summary>
    public T LookOr<T>(Func<T> view, T ifClosed)
    {
        lock (_gate)
            return _isClosed ? ifClosed : view();
    }

    /// <summary>The memory is about to go; returns when nobody looks any more, and from then on nobody does.</summary>
    public void Close()
    {
        lock (_gate)
            _isClosed = true;
    }
}
