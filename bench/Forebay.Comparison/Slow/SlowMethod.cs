using System.Diagnostics;
using Forebay.Handles;
using Forebay.Methods;

namespace Forebay.Comparison.Slow;

/// <summary>
/// A device that takes its time: any number of operations at once, each finished a fixed while after it was submitted.
/// The data comes from the page cache, so that the while is all there is.
/// </summary>
internal sealed class SlowMethod : IIoMethod
{
    private readonly IoMethodHost _host;
    private readonly long _delayTicks;
    private readonly Queue<Waiting> _queue;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly Thread _thread;
    private volatile bool _stopped;

    public SlowMethod(IoMethodHost host, TimeSpan delay)
    {
        _host = host;
        _delayTicks = (long)(delay.TotalSeconds * Stopwatch.Frequency);
        _queue = new Queue<Waiting>(host.HandleCount);
        _thread = new Thread(Loop) { IsBackground = true, Name = "slow-device" };
        _thread.Start();
    }

    public string Name => "slow";

    public bool NeedsHelp => false;

    public bool ReadsWhenWaited => false;

    public bool MustExecuteSynchronously(in IoHandleView handle) => false;

    public void Submit(ReadOnlySpan<int> handles, int stripe)
    {
        long due = Stopwatch.GetTimestamp() + _delayTicks;
        lock (_gate)
        {
            foreach (int handle in handles)
                _queue.Enqueue(new Waiting(handle, due));
        }

        _arrived.Release(handles.Length);
    }

    public void TryHelp(int handle)
    {
    }

    public void Help(int handle, long generation)
    {
    }

    public void BeginAwait()
    {
    }

    public void EndAwait()
    {
    }

    public void Dispose()
    {
        _stopped = true;
        _arrived.Release();
        _thread.Join();
        _arrived.Dispose();
    }

    private void Loop()
    {
        while (true)
        {
            _arrived.Wait();
            if (_stopped)
                return;
            Waiting next;
            lock (_gate)
                next = _queue.Dequeue();
            PreciseSleep.Until(next.Due);
            while (!_host.Complete(next.Handle, _host.Transfer(next.Handle)))
            {
            }
        }
    }

    private readonly record struct Waiting(int Handle, long Due);
}
