using Forebay.Handles;

namespace Forebay.Methods;

/// <summary>
/// Executes submitted operations. The engine moves handles to Submitted before it hands them over and owns every
/// other move; the method brings each of them to <see cref="ICompletionSink.Complete(int, int)"/> exactly once,
/// whatever happens.
/// </summary>
public interface IIoMethod : IDisposable
{
    /// <summary>The setting's word for it.</summary>
    string Name { get; }

    /// <summary>
    /// Whether waiters must help (<see cref="TryHelp"/>, <see cref="Help"/>). If not, submitted operations complete
    /// without anybody's help, and waiters just sleep. If so, the method says of each operation when it can be helped:
    /// <see cref="IoMethodHost.Announce"/>.
    /// </summary>
    bool NeedsHelp { get; }

    /// <summary>
    /// Whether starting an operation early gains nothing, since it would block the starter: then a read is started by
    /// the one who waits for it, and the kernel is advised beforehand.
    /// </summary>
    bool ReadsWhenWaited { get; }

    /// <summary>
    /// Whether the operation has to be executed in the issuing thread at once instead of being submitted.
    /// </summary>
    bool MustExecuteSynchronously(in IoHandleView handle);

    /// <summary>
    /// Takes operations that are Submitted, each with its file leased. Must take all of them; never fails, never
    /// waits for another operation. May complete some before it returns.
    /// </summary>
    /// <param name="handles">At most the batch limit; consumed when the call returns.</param>
    /// <param name="stripe">The submitter's stripe, to spread sessions over rings or queues.</param>
    void Submit(ReadOnlySpan<int> handles, int stripe);

    /// <summary>Without blocking, completes what is ready near the operation.</summary>
    void TryHelp(int handle);

    /// <summary>
    /// Blocks until the use <paramref name="generation"/> of the handle may have moved on; completes what comes in
    /// meanwhile. Returns at once if it has moved already. Any thread. Callers loop.
    /// </summary>
    void Help(int handle, long generation);

    /// <summary>
    /// From here until <see cref="EndAwait"/> operations complete without helpers: somebody awaits one of them
    /// asynchronously. What is ready at the call is completed before it returns. Calls nest.
    /// </summary>
    void BeginAwait();

    /// <summary>Ends <see cref="BeginAwait"/>.</summary>
    void EndAwait();
}
