using Forebay.Handles;
using Forebay.Primitives;

namespace Forebay.Methods.Synchronous;

/// <summary>The method <c>sync</c>: every operation is executed at once in the thread that starts it.</summary>
internal sealed class SynchronousMethod : IIoMethod
{
    /// <inheritdoc/>
    public string Name => "sync";

    /// <inheritdoc/>
    public bool NeedsHelp => false;

    /// <inheritdoc/>
    public bool ReadsWhenWaited => true;

    /// <inheritdoc/>
    public bool MustExecuteSynchronously(in IoHandleView handle) => true;

    /// <inheritdoc/>
    public void Submit(ReadOnlySpan<int> handles, int stripe) =>
        Invariant.Fail("I-07: sync was asked to submit, though it executes everything at once");

    /// <inheritdoc/>
    public void TryHelp(int handle)
    {
    }

    /// <inheritdoc/>
    public void Help(int handle, long generation)
    {
    }

    /// <inheritdoc/>
    public void BeginAwait()
    {
    }

    /// <inheritdoc/>
    public void EndAwait()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
