using Forebay.Handles;
using Forebay.Methods;

namespace Forebay.Microbenchmarks.Engines;

/// <summary>A method without a device: what is submitted has succeeded already.</summary>
internal sealed class InstantMethod(MethodServices services) : IIoMethod
{
    public string Name => "instant";

    public bool NeedsHelp => false;

    public bool ReadsWhenWaited => false;

    public bool MustExecuteSynchronously(in IoHandleView handle) => false;

    public void Submit(ReadOnlySpan<int> handles, int stripe)
    {
        foreach (int handle in handles)
            services.Sink.Complete(handle, services.Handles[handle].Length);
    }

    public void TryHelp(int handle)
    {
    }

    public void Help(int handle, long generation)
    {
    }

    public void BeginAwait()
    {
    }

    public void EndAwait()
    {
    }

    public void Dispose()
    {
    }
}
