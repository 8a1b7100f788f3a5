using Forebay.Handles;
using Forebay.Methods;

namespace Forebay.Tests.Methods;

/// <summary>
/// A method as a user could write it, by public members alone: what is submitted lies still until somebody helps or
/// awaits, and is executed by that thread.
/// </summary>
internal sealed class OutsideMethod(IoMethodHost host) : IIoMethod
{
    private readonly object _gate = new();
    private readonly Queue<int> _waiting = new();
    private int _awaits;

    public string Name => "outside";

    public bool NeedsHelp => true;

    public bool ReadsWhenWaited => false;

    /// <summary>Operations that nobody has executed yet.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
                return _waiting.Count;
        }
    }

    /// <summary>Managed threads that executed something.</summary>
    public HashSet<int> Helpers { get; } = [];

    public bool MustExecuteSynchronously(in IoHandleView handle) => false;

    public void Submit(ReadOnlySpan<int> handles, int stripe)
    {
        bool isAwaited;
        lock (_gate)
        {
            foreach (int handle in handles)
            {
                _waiting.Enqueue(handle);
                host.Announce(handle);
            }

            isAwaited = _awaits > 0;
        }

        if (isAwaited)
            ExecuteAll();
    }

    public void TryHelp(int handle) => ExecuteAll();

    public void Help(int handle, long generation)
    {
        ExecuteAll();
        lock (_gate)
        {
            // Somebody else is executing it: whoever completes pulses behind this lock.
            while (_waiting.Count == 0 && host.IsPending(handle, generation))
                Monitor.Wait(_gate);
        }
    }

    public void BeginAwait()
    {
        lock (_gate)
            _awaits++;
        ExecuteAll();
    }

    public void EndAwait()
    {
        lock (_gate)
            _awaits--;
    }

    public void Dispose() => Assert.Equal((0, 0), (Waiting, _awaits));

    private void ExecuteAll()
    {
        while (TryTake(out int handle))
        {
            int result = host.View(handle).Operation == IoOperation.ReadVector
                ? Read(handle)
                : host.Transfer(handle);
            while (!host.Complete(handle, result))
                result = host.Transfer(handle);
            lock (_gate)
                Monitor.PulseAll(_gate);
        }
    }

    // Its own way of reading, frame by frame, with what a method is shown of an operation.
    private int Read(int handle)
    {
        IoHandleView view = host.View(handle);
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = new(host.File(handle).Descriptor, ownsHandle: false);
        int read = 0;
        for (int frame = 0; frame < view.Frames.Length && read < view.Length; frame++)
        {
            Span<byte> memory = host.Memory(handle, frame);
            int now = RandomAccess.Read(file, memory, view.Offset + read);
            read += now;
            if (now < memory.Length)
                break;
        }

        return read;
    }

    private bool TryTake(out int handle)
    {
        lock (_gate)
        {
            bool taken = _waiting.TryDequeue(out handle);
            if (taken)
                Helpers.Add(Environment.CurrentManagedThreadId);
            return taken;
        }
    }
}
