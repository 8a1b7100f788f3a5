using Forebay.Handles;
using Forebay.Memory;
using Forebay.Methods;

namespace Shared;

/// <summary>
/// A method without threads and without a kernel: what is submitted lies still until somebody helps, and executes in
/// the helper. Held closed, not even help moves it until <see cref="Open"/>. So a waiter that relies on anybody else's
/// goodwill hangs here, every time.
/// </summary>
internal sealed class HeldMethod : IIoMethod
{
    private readonly MethodServices _services;
    private readonly BlockingExecutor _executor;
    private readonly Lock _gate = new();
    private readonly List<int> _held;
    private bool _open;
    private int _awaits;
    private int _submitCalls;

    public HeldMethod(MethodServices services, bool open = true)
    {
        _services = services;
        _executor = new BlockingExecutor(services);
        _held = new List<int>(services.Handles.Count);
        _open = open;
    }

    public string Name => "held";

    public bool ReadsWhenWaited => false;

    public bool NeedsHelp => true;

    /// <summary>Which operations this method refuses to take.</summary>
    public bool Synchronous { get; set; }

    /// <summary>Calls of Submit so far.</summary>
    public int SubmitCalls => Volatile.Read(ref _submitCalls);

    /// <summary>Runs inside Submit, before anything is taken.</summary>
    public Action? OnSubmit { get; set; }

    /// <summary>Runs inside BeginAwait, before anything is counted.</summary>
    public Action? OnBeginAwait { get; set; }

    /// <summary>Asynchronous waits under way.</summary>
    public int Awaits => Volatile.Read(ref _awaits);

    /// <summary>Operations that lie still.</summary>
    public int[] Held
    {
        get
        {
            lock (_gate)
                return [.. _held];
        }
    }

    public bool MustExecuteSynchronously(in IoHandleView handle) => Synchronous;

    public void Submit(ReadOnlySpan<int> handles, int stripe)
    {
        OnSubmit?.Invoke();
        Interlocked.Increment(ref _submitCalls);
        lock (_gate)
        {
            foreach (int handle in handles)
            {
                _held.Add(handle);
                Volatile.Write(ref _services.Handles[handle].Lane, 1);
            }
        }

        if (Volatile.Read(ref _awaits) > 0)
            ExecuteAll();
    }

    public void TryHelp(int handle) => ExecuteAll();

    public void Help(int handle, long generation)
    {
        if (ExecuteAll() > 0)
            return;
        ref WaitWord wait = ref _services.Handles[handle].Wait;
        int ticket = wait.Register();
        if (!_services.Handles[handle].Word.IsOver(generation) && !CanExecute())
            wait.Sleep(ticket);
        wait.Unregister();
    }

    public void BeginAwait()
    {
        OnBeginAwait?.Invoke();
        Interlocked.Increment(ref _awaits);
        ExecuteAll();
    }

    public void EndAwait() => Interlocked.Decrement(ref _awaits);

    /// <summary>From here on help moves things; what is awaited moves at once.</summary>
    public void Open()
    {
        int[] held;
        lock (_gate)
        {
            _open = true;
            held = [.. _held];
        }

        foreach (int handle in held)
            _services.Handles[handle].Wait.Signal();
        if (Volatile.Read(ref _awaits) > 0)
            ExecuteAll();
    }

    /// <summary>
    /// Opens at the end of a scope, so that a test that fails does not hang on its sessions' disposal.
    /// </summary>
    public OpenScope OpenAtEnd() => new(this);

    /// <summary>Completes one operation, as if the kernel had done so and somebody had drained it.</summary>
    public void Execute(int handle)
    {
        lock (_gate)
            Assert.True(_held.Remove(handle), "the operation is not held");
        _executor.Execute(handle);
    }

    public void Dispose()
    {
        Assert.Empty(Held);
        Assert.Equal(0, Awaits);
    }

    private bool CanExecute()
    {
        lock (_gate)
            return _open && _held.Count > 0;
    }

    private int ExecuteAll()
    {
        int count = 0;
        while (TryTake(out int handle))
        {
            _executor.Execute(handle);
            count++;
        }

        return count;
    }

    private bool TryTake(out int handle)
    {
        lock (_gate)
        {
            handle = -1;
            if (!_open || _held.Count == 0)
                return false;
            handle = _held[0];
            _held.RemoveAt(0);
            return true;
        }
    }

    /// <summary>Ends with <see cref="Open"/>.</summary>
    public readonly struct OpenScope(HeldMethod method) : IDisposable
    {
        public void Dispose() => method.Open();
    }
}
