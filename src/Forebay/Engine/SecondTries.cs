namespace Forebay.Engine;

/// <summary>
/// Executes operations whose first executor has died, on threads of its own that end when nothing is left: the thread
/// that takes over, and with it every other takeover, must not wait for a slow disk.
/// </summary>
/// <param name="execute">Opens the file and executes, to completion; does not throw.</param>
internal sealed class SecondTries(Action<int> execute) : IDisposable
{
    /// <summary>Name of the threads.</summary>
    public const string ThreadName = "forebay-again";

    private const int ThreadsMax = 16;

    private readonly object _gate = new();
    private readonly Queue<int> _waiting = new();
    private int _threads;
    private bool _isClosed;

    /// <summary>Executes a handle that this process has claimed: on a thread of its own if there is one.</summary>
    public void Add(int handle)
    {
        lock (_gate)
        {
            if (!_isClosed && (_threads == ThreadsMax || TryStartLocked()))
            {
                _waiting.Enqueue(handle);
                return;
            }
        }

        execute(handle);
    }

    /// <summary>Waits until all is executed; what comes later is executed by who brings it.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            while (_threads > 0)
                Monitor.Wait(_gate);
        }
    }

    private bool TryStartLocked()
    {
        try
        {
            new Thread(Run) { IsBackground = true, Name = ThreadName }.UnsafeStart();
            _threads++;
            return true;
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
        {
            return _threads > 0; // those who run take it
        }
    }

    private void Run()
    {
        while (TryTake(out int handle))
            execute(handle);
    }

    private bool TryTake(out int handle)
    {
        lock (_gate)
        {
            if (_waiting.TryDequeue(out handle))
                return true;
            _threads--;
            Monitor.PulseAll(_gate);
            return false;
        }
    }
}
