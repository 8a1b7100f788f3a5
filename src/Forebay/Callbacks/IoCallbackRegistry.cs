using Forebay.Handles;

namespace Forebay.Callbacks;

/// <summary>The callbacks of an instance by id. Filled before the engine starts, unchanging afterwards.</summary>
internal sealed class IoCallbackRegistry
{
    private readonly IoCallback?[] _callbacks = new IoCallback?[IoCallbackIds.Max + 1];

    /// <summary>Registers a callback under an id.</summary>
    /// <exception cref="ArgumentException">
    /// The id is taken, zero or too large, or no completion hook exists.
    /// </exception>
    public void Register(byte id, IoCallback callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        if (id is 0 or > IoCallbackIds.Max)
            throw new ArgumentException($"I/O callback ids go from 1 to {IoCallbackIds.Max}, not {id}.", nameof(id));
        if (_callbacks[id] is { } other)
            throw new ArgumentException($"I/O callback id {id} belongs to '{other.Name}' already.", nameof(id));
        if ((callback.Hooks & (IoCallbackHooks.CompleteShared | IoCallbackHooks.CompleteLocal)) == 0)
        {
            throw new ArgumentException(
                $"The I/O callback '{callback.Name}' has no completion hook.", nameof(callback));
        }
        _callbacks[id] = callback;
    }

    /// <summary>The callback under an id.</summary>
    /// <exception cref="ArgumentException">No callback has the id.</exception>
    public IoCallback this[int id] =>
        _callbacks[id] ?? throw new ArgumentException($"No I/O callback is registered under id {id}.", nameof(id));

    /// <summary>Whether the id is registered.</summary>
    public bool Contains(byte id) => id <= IoCallbackIds.Max && _callbacks[id] is not null;

    /// <summary>Runs the stage hooks of a handle, innermost first.</summary>
    public void Stage(ref IoHandle handle, in IoHandleView view)
    {
        for (int i = handle.CallbackCount - 1; i >= 0; i--)
        {
            IoCallback callback = this[handle.Callbacks[i] & 0xFF];
            if ((callback.Hooks & IoCallbackHooks.Stage) != 0)
                callback.Stage(view, (byte)(handle.Callbacks[i] >> 8));
        }
    }

    /// <summary>
    /// Runs the shared completion hooks, innermost first, each on what the one before made of the result.
    /// </summary>
    public IoResult CompleteShared(ref IoHandle handle, in IoHandleView view, IoResult result)
    {
        for (int i = handle.CallbackCount - 1; i >= 0; i--)
        {
            IoCallback callback = this[handle.Callbacks[i] & 0xFF];
            if ((callback.Hooks & IoCallbackHooks.CompleteShared) != 0)
                result = callback.CompleteShared(view, result, (byte)(handle.Callbacks[i] >> 8));
        }

        return result;
    }

    /// <summary>Runs the local completion hooks, innermost first.</summary>
    public IoResult CompleteLocal(ref IoHandle handle, in IoHandleView view, IoResult result)
    {
        for (int i = handle.CallbackCount - 1; i >= 0; i--)
        {
            IoCallback callback = this[handle.Callbacks[i] & 0xFF];
            if ((callback.Hooks & IoCallbackHooks.CompleteLocal) != 0)
                result = callback.CompleteLocal(view, result, (byte)(handle.Callbacks[i] >> 8));
        }

        return result;
    }
}
