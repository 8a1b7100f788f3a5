using Forebay.Handles;

namespace Shared;

/// <summary>Hold points whose hooks a test writes; they may be changed while the engine runs.</summary>
internal sealed class ScriptedHoldPoints : IHoldPoints
{
    private readonly HoldHook?[] _hooks = new HoldHook?[Enum.GetValues<HoldPoint>().Length];

    public HoldHook? this[HoldPoint point]
    {
        get => Volatile.Read(ref _hooks[(int)point]);
        set => Volatile.Write(ref _hooks[(int)point], value);
    }

    public void Reached(HoldPoint point, in IoHandleView handle, ref int rawResult) =>
        this[point]?.Invoke(handle, ref rawResult);
}
