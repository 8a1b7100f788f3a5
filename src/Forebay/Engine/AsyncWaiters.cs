namespace Forebay.Engine;

/// <summary>
/// Asynchronous waits of this process by handle. A wait that is registered here is also counted in the handle's wait
/// word, so that a completer comes here only when somebody may be waiting.
/// </summary>
internal sealed class AsyncWaiters
{
    private const int Stripes = 64;

    private readonly AsyncWaiter?[] _first;
    private readonly Lock[] _gates = new Lock[Stripes];

    /// <summary>A registry for <paramref name="handles"/> handles.</summary>
    public AsyncWaiters(int handles)
    {
        _first = new AsyncWaiter?[handles];
        for (int i = 0; i < Stripes; i++)
            _gates[i] = new Lock();
    }

    /// <summary>Adds an armed waiter. The caller re-reads the handle's state afterwards.</summary>
    public void Add(int handle, AsyncWaiter waiter)
    {
        lock (_gates[handle % Stripes])
        {
            waiter.Next = _first[handle];
            _first[handle] = waiter;
        }
    }

    /// <summary>Takes a waiter out again if it is still there.</summary>
    public void Remove(int handle, AsyncWaiter waiter)
    {
        lock (_gates[handle % Stripes])
        {
            AsyncWaiter? previous = null;
            for (AsyncWaiter? at = _first[handle]; at is not null; previous = at, at = at.Next)
            {
                if (at != waiter)
                    continue;
                if (previous is null)
                    _first[handle] = at.Next;
                else
                    previous.Next = at.Next;
                at.Next = null;
                return;
            }
        }
    }

    /// <summary>Resumes everybody who waits for the handle; they look at its state themselves.</summary>
    public void Wake(int handle)
    {
        AsyncWaiter? list;
        lock (_gates[handle % Stripes])
        {
            list = _first[handle];
            _first[handle] = null;
        }

        while (list is not null)
        {
            AsyncWaiter waiter = list;
            list = waiter.Next;
            waiter.Next = null;
            waiter.TryResume();
        }
    }
}
