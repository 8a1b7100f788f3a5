using Forebay.Callbacks;
using Forebay.Handles;

namespace Forebay.Tests.Methods.Worker;

/// <summary>Counts the completions of each operation by its number, and knows the threads that brought them.</summary>
internal sealed class CountingCallback : IoCallback
{
    public const int NumbersMax = 100_000;

    private readonly int[] _counts = new int[NumbersMax];
    private readonly long[] _allocated = new long[NumbersMax];
    private readonly Thread?[] _threads = new Thread?[NumbersMax];

    public override string Name => "counting";

    public override IoCallbackHooks Hooks => IoCallbackHooks.CompleteShared;

    /// <summary>How often the operation was completed.</summary>
    public int Count(int number) => Volatile.Read(ref _counts[number]);

    /// <summary>Bytes that the completing thread had allocated by then.</summary>
    public long AllocatedAt(int number) => _allocated[number];

    /// <summary>The thread that completed the operation.</summary>
    public Thread? ThreadOf(int number) => _threads[number];

    /// <summary>Names of the threads that completed operations.</summary>
    public HashSet<string> ThreadNames(int first, int count) =>
        [.. Enumerable.Range(first, count).Select(number => _threads[number]?.Name ?? "")];

    public override IoResult CompleteShared(in IoHandleView handle, IoResult result, byte data)
    {
        int number = (int)handle.Data[0];
        Interlocked.Increment(ref _counts[number]);
        _allocated[number] = GC.GetAllocatedBytesForCurrentThread();
        _threads[number] = Thread.CurrentThread;
        return result.Value < 0
            ? new IoResult(IoStatus.Error, 0, IoCallbackIds.FirstCustom, (uint)-result.Value)
            : new IoResult(IoStatus.Ok, result.Value);
    }
}
