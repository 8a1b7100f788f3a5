using Forebay.Handles;

namespace Forebay.Engine;

/// <summary>
/// Where an issuer gets the outcome of its operation. Allocated once by the issuer and reused; filled by the issuer's
/// own session when it reclaims the handle, so it is only ever touched by one flow.
/// </summary>
public sealed class IoReturn
{
    private IoTargetData _target;
    private bool _attached;

    /// <summary>The outcome after the local hooks; Unknown until the handle is reclaimed.</summary>
    public IoResult Result { get; internal set; }

    /// <summary>What the operation was done to, for <see cref="Callbacks.IoCallback.Report"/>.</summary>
    public ref readonly IoTargetData Target => ref _target;

    /// <summary>Whether the outcome is there.</summary>
    public bool IsFilled => Result.Status != IoStatus.Unknown;

    internal void Attach()
    {
        if (_attached)
            throw new InvalidOperationException("An I/O return takes the outcome of one operation at a time.");
        _attached = true;
        Result = default;
    }

    internal void Detach() => _attached = false;

    internal void Fill(IoResult result, in IoTargetData target)
    {
        _attached = false;
        _target = target;
        Result = result;
    }
}
