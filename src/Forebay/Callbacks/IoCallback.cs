using Forebay.Handles;

namespace Forebay.Callbacks;

/// <summary>
/// What a layer wants done with an operation, named in handles by a one-byte id. Staging and completion run from the
/// callback registered last (the lower layer) to the one registered first. One instance serves all operations at the
/// same time, so it has no state of its own per operation.
/// </summary>
/// <remarks>
/// <see cref="Stage"/>, <see cref="CompleteShared"/> and <see cref="CompleteLocal"/> must not throw, allocate, block
/// or issue I/O: they may run on any thread, in the middle of somebody else's wait. An exception out of a completion
/// hook, and I/O issued inside any of the three, end the process with this callback's name.
/// </remarks>
public abstract class IoCallback
{
    /// <summary>Name for views and messages; also part of the fingerprint that processes compare.</summary>
    public abstract string Name { get; }

    /// <summary>The hooks that are implemented.</summary>
    public abstract IoCallbackHooks Hooks { get; }

    /// <summary>
    /// In the issuer, while the handle is Defined: take what the operation itself must hold, such as pins. Should it
    /// throw nevertheless, it must have undone its own part: the operation is then completed as cancelled for those
    /// further in, which have staged; those further out are not told; the issuer gets the exception.
    /// </summary>
    public virtual void Stage(in IoHandleView handle, byte data) => throw NotImplemented(IoCallbackHooks.Stage);

    /// <summary>
    /// In the completer: receives what the layer below made of the result and returns what it makes of that.
    /// </summary>
    public virtual IoResult CompleteShared(in IoHandleView handle, IoResult result, byte data) =>
        throw NotImplemented(IoCallbackHooks.CompleteShared);

    /// <summary>In the issuer, at reclaim; the returned result goes to the issuer alone.</summary>
    public virtual IoResult CompleteLocal(in IoHandleView handle, IoResult result, byte data) =>
        throw NotImplemented(IoCallbackHooks.CompleteLocal);

    /// <summary>
    /// Makes the exception for a result whose <see cref="IoResult.CallbackId"/> names this callback: file, blocks,
    /// what was wrong. Runs at the issuer only, long after the handle has been reused.
    /// </summary>
    public virtual Exception Report(IoResult result, in IoTargetData target) =>
        throw NotImplemented(IoCallbackHooks.Report);

    private InvalidOperationException NotImplemented(IoCallbackHooks hook) =>
        new($"The I/O callback '{Name}' has no hook {hook}.");
}
