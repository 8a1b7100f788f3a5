using Forebay.Buffers;
using Forebay.Storage;
using Forebay.Streams;

namespace Forebay;

/// <summary>Single pages.</summary>
public sealed partial class ForebaySession
{
    private ReadRunRequest? _lastRead;

    /// <summary>Reads one page and pins it; waits for the I/O if there is any.</summary>
    /// <exception cref="StorageException">The page cannot be read.</exception>
    /// <exception cref="PageException">The page fails its check.</exception>
    /// <exception cref="InvalidOperationException">Every frame is pinned.</exception>
    public PinnedPage Read(RelationFork fork, uint block)
    {
        BufferSession buffers = Buffers(fork);
        if (_lastRead?.Fork != fork)
            _lastRead = new ReadRunRequest(fork, null, _instance.DefaultPageCheck);
        return new PinnedPage(buffers, buffers.Read(_lastRead, block, DefaultFlags));
    }

    /// <summary>Adds a page of zeros at the end of a fork; it is pinned, and locked exclusively.</summary>
    /// <exception cref="StorageException">The file cannot grow.</exception>
    public PinnedPage Extend(RelationFork fork)
    {
        BufferSession buffers = Buffers(fork);
        BufferPin pin = buffers.Extend(fork, null, out _);
        return new PinnedPage(buffers, pin);
    }

    private ReadRunFlags DefaultFlags =>
        (_instance.Options.ZeroDamagedPages ? ReadRunFlags.ZeroOnError : 0)
        | (_instance.Options.IgnoreChecksumFailure ? ReadRunFlags.IgnoreChecksumFailure : 0);
}
