using Forebay.Callbacks;
using Forebay.Handles;

namespace Shared;

/// <summary>The smallest honest lowest layer: an errno is an error, a short transfer is partial.</summary>
internal sealed class TransferCallback : IoCallback
{
    public const byte Id = IoCallbackIds.FirstCustom;

    private long _completed;

    public override string Name => "transfer";

    public override IoCallbackHooks Hooks => IoCallbackHooks.CompleteShared | IoCallbackHooks.Report;

    /// <summary>How many operations have come through.</summary>
    public long Completed => Volatile.Read(ref _completed);

    public override IoResult CompleteShared(in IoHandleView handle, IoResult result, byte data)
    {
        Interlocked.Increment(ref _completed);
        if (result.Value < 0)
            return new IoResult(IoStatus.Error, 0, Id, (uint)-result.Value);
        return result.Value < handle.Length ? new IoResult(IoStatus.Partial, result.Value, Id) : result;
    }

    public override Exception Report(IoResult result, in IoTargetData target) =>
        new IOException($"errno {result.Detail} at tag {target[0]}");
}
