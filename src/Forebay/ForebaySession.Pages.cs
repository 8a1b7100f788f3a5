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
        return new PinnedPage(buffers, buffers.Read(RequestFor(fork), block, DefaultFlags));
    }

    /// <summary>
    /// As <see cref="Read"/> without blocking the thread; awaited before the session is used again. Present: completes
    /// at once, without allocation. Under <c>sync</c> reading blocks the thread all the same.
    /// </summary>
    /// <param name="fork">The fork.</param>
    /// <param name="block">The block.</param>
    /// <param name="cancellationToken">Ends the waiting, not the reading; nothing is pinned then.</param>
    public ValueTask<PinnedPage> ReadAsync(
        RelationFork fork, uint block, CancellationToken cancellationToken = default)
    {
        BufferSession buffers = Buffers(fork);
        ValueTask<BufferPin> pin = buffers.ReadAsync(RequestFor(fork), block, DefaultFlags, cancellationToken);
        return pin.IsCompletedSuccessfully
            ? new ValueTask<PinnedPage>(new PinnedPage(buffers, pin.Result))
            : PinnedAsync(buffers, pin);
    }

    /// <summary>
    /// Adds a page of zeros at the end of a fork. It is pinned and locked exclusively, and dirty: to be filled.
    /// </summary>
    /// <param name="fork">The fork.</param>
    /// <param name="locked">The lock, to be disposed before the page.</param>
    /// <returns>The page, which tells its number.</returns>
    /// <exception cref="StorageException">The file cannot grow.</exception>
    /// <exception cref="InvalidOperationException">Every frame is pinned.</exception>
    public PinnedPage Extend(RelationFork fork, out LockedPage locked)
    {
        BufferSession buffers = Buffers(fork);
        BufferPin pin = buffers.Extend(fork, null, out _, out int number);
        locked = new LockedPage(buffers, pin, ContentLockMode.Exclusive, number);
        return new PinnedPage(buffers, pin);
    }

    /// <summary>
    /// As <see cref="Extend"/> without blocking the thread while it waits for a frame or for others; awaited before the
    /// session is used again. The growing of the file itself is a call that the kernel has no other form of.
    /// </summary>
    public async ValueTask<(PinnedPage Page, LockedPage Locked)> ExtendAsync(
        RelationFork fork, CancellationToken cancellationToken = default)
    {
        BufferSession buffers = Buffers(fork);
        (BufferPin pin, int number) =
            await buffers.ExtendAsync(fork, null, cancellationToken).ConfigureAwait(false);
        return (new PinnedPage(buffers, pin), new LockedPage(buffers, pin, ContentLockMode.Exclusive, number));
    }

    private static async ValueTask<PinnedPage> PinnedAsync(BufferSession buffers, ValueTask<BufferPin> pin) =>
        new(buffers, await pin.ConfigureAwait(false));

    private ReadRunRequest RequestFor(RelationFork fork)
    {
        if (_lastRead?.Fork != fork)
            _lastRead = new ReadRunRequest(fork, null, _instance.DefaultPageCheck);
        return _lastRead;
    }

    private ReadRunFlags DefaultFlags =>
        (_instance.Options.ZeroDamagedPages ? ReadRunFlags.ZeroOnError : 0)
        | (_instance.Options.IgnoreChecksumFailure ? ReadRunFlags.IgnoreChecksumFailure : 0);
}
