using Forebay.Callbacks;
using Forebay.Handles;

namespace Shared;

/// <summary>A callback whose hooks a test writes; a hook that is not written passes the result on.</summary>
internal sealed class ScriptedCallback(string name, IoCallbackHooks hooks) : IoCallback
{
    public override string Name => name;

    public override IoCallbackHooks Hooks => hooks;

    public StageHook? OnStage { get; set; }

    public CompletionHook? OnShared { get; set; }

    public CompletionHook? OnLocal { get; set; }

    public override void Stage(in IoHandleView handle, byte data) => OnStage?.Invoke(handle, data);

    public override IoResult CompleteShared(in IoHandleView handle, IoResult result, byte data) =>
        OnShared is null ? result : OnShared(handle, result, data);

    public override IoResult CompleteLocal(in IoHandleView handle, IoResult result, byte data) =>
        OnLocal is null ? result : OnLocal(handle, result, data);

    public override Exception Report(IoResult result, in IoTargetData target) =>
        new InvalidDataException($"{name}: {result.Status} {result.Value} {result.Detail} tag {target[0]}");
}
