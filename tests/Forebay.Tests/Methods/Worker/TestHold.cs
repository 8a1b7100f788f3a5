using Forebay.Handles;

namespace Forebay.Tests.Methods.Worker;

/// <summary>
/// Holds workers just before they execute, and lets exceptions out of any point on request. A test that holds puts
/// <c>using IDisposable end = hold;</c> below its session: then a failing test lets go before the session waits.
/// </summary>
internal sealed class TestHold : IHoldPoints, IDisposable
{
    private readonly object _gate = new();
    private readonly List<(string Worker, int Number)> _waiting = [];
    private Func<string, int, bool> _holds = (_, _) => false;

    /// <summary>Called at each point with the operation's number; may throw. Comes after the holding.</summary>
    public Action<HoldPoint, int>? OnReached { get; set; }

    /// <summary>Called at each point with the handle's index, before anything else.</summary>
    public Action<HoldPoint, int>? OnHandle { get; set; }

    /// <summary>Workers held under the present rule.</summary>
    public int Held
    {
        get
        {
            lock (_gate)
                return _waiting.Count;
        }
    }

    /// <summary>
    /// Holds what this says of a worker and an operation. Asked once when it arrives, and once when the rule changes:
    /// whom the new rule lets go counts as held no longer when this returns.
    /// </summary>
    public void Close(Func<string, int, bool> holds)
    {
        lock (_gate)
        {
            _holds = holds;
            _waiting.RemoveAll(waiter => !holds(waiter.Worker, waiter.Number));
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Holds every operation.</summary>
    public void Close() => Close((_, _) => true);

    /// <summary>Lets go what is held and holds nothing.</summary>
    public void Open() => Close((_, _) => false);

    public void Dispose() => Open();

    public void Reached(HoldPoint point, in IoHandleView handle, ref int rawResult)
    {
        OnHandle?.Invoke(point, handle.Index);
        int number = (int)handle.Data[0];
        string name = Thread.CurrentThread.Name ?? "";
        if (point == HoldPoint.BeforeExecute && name.StartsWith("forebay-io-worker", StringComparison.Ordinal))
            Wait((name, number));
        OnReached?.Invoke(point, number);
    }

    private void Wait((string Worker, int Number) waiter)
    {
        lock (_gate)
        {
            if (_holds(waiter.Worker, waiter.Number))
                _waiting.Add(waiter);
            while (_waiting.Contains(waiter))
                Monitor.Wait(_gate);
        }
    }
}
