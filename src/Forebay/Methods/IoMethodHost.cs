using Forebay.Handles;

namespace Forebay.Methods;

/// <summary>
/// What the engine lends to a method that a program brings (<c>ForebayOptions.CreateMethod</c>): the operations, the
/// means to execute them, and where their results go. Everything here may be called by any thread, for handles that
/// the method was given by <see cref="IIoMethod.Submit"/> and has not completed yet.
/// </summary>
public sealed class IoMethodHost
{
    private readonly MethodServices _services;
    private readonly BlockingExecutor _executor;

    internal IoMethodHost(MethodServices services)
    {
        _services = services;
        _executor = new BlockingExecutor(services);
    }

    /// <summary>All of it, for methods of our own tests.</summary>
    internal MethodServices Services => _services;

    /// <summary>
    /// Number of handles; what the method is given are numbers below it, each at most once at a time.
    /// </summary>
    public int HandleCount => _services.Handles.Count;

    /// <summary>What an operation is.</summary>
    public IoHandleView View(int handle) => new(_services.Handles, handle);

    /// <summary>The open file of an operation; the descriptor stays open until the operation is completed.</summary>
    public FileLease File(int handle) => _services.Handles[handle].File;

    /// <summary>
    /// The memory of one frame of a transfer, in file order; whole frames, of which the operation's length may use less
    /// in the last. The method's to write (a read) or to read (a write) until the operation is completed.
    /// </summary>
    public Span<byte> Memory(int handle, int frame) => _services.Arenas.Frame(
        _services.Handles[handle].Arena, _services.Handles.Frames(handle)[frame]);

    /// <summary>
    /// Whether that use of the handle is still to be completed. A method whose waiters help asks this before it blocks
    /// in <see cref="IIoMethod.Help"/>, under whatever orders it with its own completing.
    /// </summary>
    public bool IsPending(int handle, long generation)
    {
        IoHandleWord word = _services.Handles[handle].Word;
        return word.State == IoHandleState.Submitted && word.Generation == generation;
    }

    /// <summary>
    /// Says that an operation is where <see cref="IIoMethod.Help"/> and <see cref="IIoMethod.TryHelp"/> find it. A
    /// method with <see cref="IIoMethod.NeedsHelp"/> calls this once for each operation, after it has put it there,
    /// before the operation can complete, and before <see cref="IIoMethod.Submit"/> returns. Waiters help from then on;
    /// those of an operation that is never announced sleep until it completes by itself.
    /// </summary>
    public void Announce(int handle) =>
        // Release: what the method has written of the operation is visible to the helper that finds the lane.
        Volatile.Write(ref _services.Handles[handle].Lane, 1);

    /// <summary>Executes the operation by a blocking call in this thread.</summary>
    /// <returns>Bytes transferred or -errno: what <see cref="Complete"/> takes.</returns>
    public int Transfer(int handle) => _executor.Transfer(handle);

    /// <summary>
    /// Completes an operation, exactly once: runs its hooks and wakes its waiters. After this the handle may be another
    /// operation's at any moment.
    /// </summary>
    /// <param name="handle">The operation.</param>
    /// <param name="rawResult">Bytes transferred or -errno.</param>
    /// <returns>False: the result was transient, nothing was completed, and the method executes it again.</returns>
    public bool Complete(int handle, int rawResult) => _services.Sink.Complete(handle, rawResult);
}
