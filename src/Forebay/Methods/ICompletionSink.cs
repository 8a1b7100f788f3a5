namespace Forebay.Methods;

/// <summary>
/// Where a method brings raw results. The engine is behind it; methods know nothing of what happens then.
/// </summary>
public interface ICompletionSink
{
    /// <summary>
    /// Completes an operation: runs its hooks and wakes its waiters. Any thread; does not throw, allocate or block.
    /// </summary>
    /// <param name="handle">Index of a handle in state Submitted whose operation the method has finished.</param>
    /// <param name="rawResult">Bytes transferred or -errno.</param>
    /// <returns>
    /// False if the result was transient: nothing was completed, and the method must execute the operation again.
    /// </returns>
    bool Complete(int handle, int rawResult);

    /// <summary>
    /// As <see cref="Complete(int, int)"/> for a method that brings several results at a time and has looked at the
    /// clock once for all of them.
    /// </summary>
    /// <param name="handle">Index of a handle in state Submitted whose operation the method has finished.</param>
    /// <param name="rawResult">Bytes transferred or -errno.</param>
    /// <param name="completedAt">When the result was there, by <see cref="System.Diagnostics.Stopwatch"/>.</param>
    /// <returns>As there.</returns>
    bool Complete(int handle, int rawResult, long completedAt) => Complete(handle, rawResult);
}
