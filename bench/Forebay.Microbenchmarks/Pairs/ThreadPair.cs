namespace Forebay.Microbenchmarks.Pairs;

/// <summary>A second thread that stays, so that a turn does not pay for starting one.</summary>
internal sealed class ThreadPair : IDisposable
{
    private readonly SemaphoreSlim _start = new(0);
    private readonly SemaphoreSlim _done = new(0);
    private readonly Thread _thread;
    private Action? _work;

    public ThreadPair()
    {
        _thread = new Thread(Loop) { IsBackground = true, Name = "bench-second" };
        _thread.Start();
    }

    /// <summary>Runs both at the same time; returns when both are done.</summary>
    public void Run(Action here, Action there)
    {
        _work = there;
        _start.Release();
        here();
        _done.Wait();
    }

    public void Dispose()
    {
        _work = null;
        _start.Release();
        _thread.Join();
        _start.Dispose();
        _done.Dispose();
    }

    private void Loop()
    {
        while (true)
        {
            _start.Wait();
            if (_work is not { } work)
                return;
            work();
            _done.Release();
        }
    }
}
