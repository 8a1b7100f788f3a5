using Forebay.Handles;

namespace Forebay.Tests.Methods.Worker;

/// <summary>Holds workers just before they execute, and lets exceptions out of any point on request.</summary>
internal sealed class TestHold : IHoldPoints, IDisposable
{
    private readonly ManualResetEventSlim _open = new(initialState: true);
    private int _held;

    /// <summary>Called at each point with the operation's number; may throw. Comes after the holding.</summary>
    public Action<HoldPoint, int>? OnReached { get; set; }

    /// <summary>Which operations to hold, by the executing worker's name and number; null = all.</summary>
    public Func<string, int, bool>? Holds { get; set; }

    /// <summary>Workers held at this moment.</summary>
    public int Held => Volatile.Read(ref _held);

    public void Close() => _open.Reset();

    public void Open() => _open.Set();

    public void Reached(HoldPoint point, in IoHandleView handle, ref int rawResult)
    {
        int number = (int)handle.Data[0];
        string name = Thread.CurrentThread.Name ?? "";
        if (point == HoldPoint.BeforeExecute && name.StartsWith("forebay-io-worker", StringComparison.Ordinal)
            && (Holds?.Invoke(name, number) ?? true))
        {
            Interlocked.Increment(ref _held);
            _open.Wait();
            Interlocked.Decrement(ref _held);
        }

        OnReached?.Invoke(point, number);
    }

    public void Dispose() => _open.Dispose();
}
