using Forebay.Callbacks;
using Forebay.Handles;

namespace Forebay.Microbenchmarks.Engines;

/// <summary>The smallest lowest layer: compares what came with what was asked for.</summary>
internal sealed class NullCallback : IoCallback
{
    public const byte Id = IoCallbackIds.FirstCustom;

    public override string Name => "nothing";

    public override IoCallbackHooks Hooks => IoCallbackHooks.CompleteShared;

    public override IoResult CompleteShared(in IoHandleView handle, IoResult result, byte data) =>
        result.Value == handle.Length ? result : new IoResult(IoStatus.Error, result.Value, Id);
}
