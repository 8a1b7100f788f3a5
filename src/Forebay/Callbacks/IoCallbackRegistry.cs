using Forebay.Handles;
using Forebay.Primitives;

namespace Forebay.Callbacks;

/// <summary>The callbacks of an instance by id, and the running of their hooks.</summary>
internal sealed class IoCallbackRegistry() : IdRegistry<IoCallback>("I/O callback", IoCallbackIds.Max)
{
    private readonly IoCallbackHooks[] _hooks = new IoCallbackHooks[IoCallbackIds.Max + 1];

    /// <inheritdoc/>
    protected override string NameOf(IoCallback item) => item.Name;

    /// <inheritdoc/>
    protected override void CheckUsable(IoCallback item)
    {
        if ((item.Hooks & (IoCallbackHooks.CompleteShared | IoCallbackHooks.CompleteLocal)) == 0)
            throw new ArgumentException($"The I/O callback '{item.Name}' has no completion hook.", nameof(item));
    }

    /// <inheritdoc/>
    protected override void Registered(byte id, IoCallback item) => _hooks[id] = item.Hooks;

    /// <summary>Runs the stage hooks of a handle, innermost first.</summary>
    /// <remarks>
    /// A hook that throws must have undone its own part. Then it and those further out are taken off the handle, so
    /// that completion tells exactly those that have staged.
    /// </remarks>
    public void Stage(ref IoHandle handle, in IoHandleView view)
    {
        int at = handle.CallbackCount - 1;
        bool entered = false;
        try
        {
            for (; at >= 0; at--)
            {
                int id = Id(ref handle, at);
                if ((_hooks[id] & IoCallbackHooks.Stage) == 0)
                    continue;
                IoCallback callback = this[id];
                HookGuard.Enter(callback);
                entered = true;
                callback.Stage(view, Data(ref handle, at));
            }
        }
        catch
        {
            KeepInnermost(ref handle, handle.CallbackCount - 1 - at);
            throw;
        }
        finally
        {
            if (entered)
                HookGuard.Leave();
        }
    }

    /// <summary>
    /// Runs the shared completion hooks, innermost first, each on what the one before made of the result.
    /// </summary>
    public IoResult CompleteShared(ref IoHandle handle, in IoHandleView view, IoResult result) =>
        Complete(IoCallbackHooks.CompleteShared, ref handle, view, result);

    /// <summary>Runs the local completion hooks, innermost first.</summary>
    public IoResult CompleteLocal(ref IoHandle handle, in IoHandleView view, IoResult result) =>
        Complete(IoCallbackHooks.CompleteLocal, ref handle, view, result);

    /// <summary>
    /// Makes the exception for a result that is not Ok, by the callback that produced it. At the issuer only.
    /// </summary>
    /// <exception cref="ArgumentException">There is nothing to report, or no callback that could.</exception>
    public Exception Report(IoResult result, in IoTargetData target)
    {
        if (result.Status is IoStatus.Unknown or IoStatus.Ok)
        {
            throw new ArgumentException(
                $"An I/O result of status {result.Status} has nothing to report.", nameof(result));
        }

        IoCallback callback = this[result.CallbackId];
        if ((callback.Hooks & IoCallbackHooks.Report) == 0)
        {
            throw new ArgumentException(
                $"The I/O callback '{callback.Name}' cannot report its results.", nameof(result));
        }

        return callback.Report(result, target);
    }

    // An exception here would leave the operation half completed, on a thread that has nothing to do with it: no later
    // step could be right, so the process ends with the name of the culprit.
    private IoResult Complete(IoCallbackHooks hook, ref IoHandle handle, in IoHandleView view, IoResult result)
    {
        IoCallback? running = null;
        bool entered = false;
        try
        {
            for (int at = handle.CallbackCount - 1; at >= 0; at--)
            {
                int id = Id(ref handle, at);
                if ((_hooks[id] & hook) == 0)
                    continue;
                running = this[id];
                HookGuard.Enter(running);
                entered = true;
                byte data = Data(ref handle, at);
                result = hook == IoCallbackHooks.CompleteShared
                    ? running.CompleteShared(view, result, data)
                    : running.CompleteLocal(view, result, data);
                if (result.Status == IoStatus.Unknown)
                    Invariant.Fail($"I-14: the I/O callback '{running.Name}' completed with status Unknown");
            }
        }
        catch (Exception exception) when (exception is not InvariantException)
        {
            Invariant.Fail($"I-13: the I/O callback '{running?.Name}' threw in {hook}: {exception}");
        }
        finally
        {
            if (entered)
                HookGuard.Leave();
        }

        return result;
    }

    private static int Id(ref IoHandle handle, int at) => handle.Callbacks[at] & 0xFF;

    private static byte Data(ref IoHandle handle, int at) => (byte)(handle.Callbacks[at] >> 8);

    private static void KeepInnermost(ref IoHandle handle, int count)
    {
        int dropped = handle.CallbackCount - count;
        for (int at = 0; at < count; at++)
            handle.Callbacks[at] = handle.Callbacks[at + dropped];
        handle.CallbackCount = (byte)count;
    }
}
