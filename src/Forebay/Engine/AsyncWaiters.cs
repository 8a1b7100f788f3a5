using Forebay.Memory;
using Forebay.Processes;

namespace Forebay.Engine;

/// <summary>
/// Asynchronous waits of this process by handle. A wait that is registered here is also counted in the handle's wait
/// word, so that a completer comes here only when somebody may be waiting.
/// </summary>
internal sealed class AsyncWaiters
{
    private readonly ProcessTable? _processes;

    private const int Stripes = 64;

    private readonly AsyncWaiter?[] _first;

    // Pinned: a futex is known by its address. These locks neither allocate nor throw when they are contended.
    private readonly FutexLock[] _gates = GC.AllocateArray<FutexLock>(Stripes, pinned: true);

    /// <summary>A registry for <paramref name="handles"/> handles.</summary>
    /// <param name="handles">Numbers that can be waited for.</param>
    /// <param name="processes">Others who may move what is waited for; null = there are none.</param>
    public AsyncWaiters(int handles, ProcessTable? processes = null)
    {
        _first = new AsyncWaiter?[handles];
        _processes = processes;
    }

    /// <summary>
    /// Adds an armed waiter. The caller counts itself in the wait word and re-reads the state after that.
    /// </summary>
    public void Add(int handle, AsyncWaiter waiter)
    {
        _processes?.BeginAsyncWait();
        ref FutexLock gate = ref _gates[handle % Stripes];
        gate.Enter();
        waiter.Next = _first[handle];
        _first[handle] = waiter;
        gate.Exit();
    }

    /// <summary>
    /// Takes a waiter out again if it is still there. When this returns nobody resumes it on this handle's account any
    /// more, so it may be armed anew.
    /// </summary>
    public void Remove(int handle, AsyncWaiter waiter)
    {
        ref FutexLock gate = ref _gates[handle % Stripes];
        gate.Enter();
        AsyncWaiter? previous = null;
        AsyncWaiter? at = _first[handle];
        while (at is not null && at != waiter)
            (previous, at) = (at, at.Next);
        if (at is not null)
        {
            if (previous is null)
                _first[handle] = at.Next;
            else
                previous.Next = at.Next;
            at.Next = null;
        }

        gate.Exit();
        _processes?.EndAsyncWait();
    }

    /// <summary>
    /// Resumes everybody for whom it is asked so, or all: by the helper, when another process has moved something, and
    /// from time to time.
    /// </summary>
    public void WakeAll(Func<int, bool>? isWanted = null)
    {
        for (int handle = 0; handle < _first.Length; handle++)
        {
            // Acquire, and a hint: who comes later looks at the state himself after he has joined.
            if (Volatile.Read(ref _first[handle]) is not null && (isWanted is null || isWanted(handle)))
                Wake(handle);
        }
    }

    /// <summary>Wakes the waiters of a handle in this process, and the helpers of others who have any.</summary>
    public void WakeEverywhere(int handle)
    {
        Wake(handle);
        _processes?.PokeAwaiting();
    }

    /// <summary>Resumes everybody who waits for the handle; they look at its state themselves.</summary>
    public void Wake(int handle)
    {
        ref FutexLock gate = ref _gates[handle % Stripes];
        gate.Enter();

        // The whole walk stays under the gate: a waiter that was cancelled meanwhile passes the gate before it joins
        // another list, so the links read here are always this list's. Resuming only queues; no user code runs here.
        AsyncWaiter? next = _first[handle];
        _first[handle] = null;
        while (next is not null)
        {
            AsyncWaiter waiter = next;
            next = waiter.Next;
            waiter.Next = null;
            waiter.Resume();
        }

        gate.Exit();
    }
}
