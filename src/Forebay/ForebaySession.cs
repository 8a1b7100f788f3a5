using Forebay.Buffers;
using Forebay.Engine;

using Forebay.Storage;

namespace Forebay;

/// <summary>
/// One flow of work on an instance: a thread, or an async method that may hop threads, one call at a time. Reads,
/// changes and writes pages; holds pins. Everything it started goes on completing whatever the session does.
/// </summary>
public sealed partial class ForebaySession : IDisposable, IAsyncDisposable
{
    private readonly ForebayInstance _instance;
    private TemporaryPool? _temporary;
    private bool _disposed;

    internal ForebaySession(ForebayInstance instance, IoSession io, BufferSession shared)
    {
        _instance = instance;
        Io = io;
        Shared = shared;
    }

    /// <summary>The instance.</summary>
    public ForebayInstance Instance => _instance;

    /// <summary>Number of the session while it is open.</summary>
    public int Id => Io.Slot;

    /// <summary>What the session did with shared pages.</summary>
    public BufferCounters Counters => Shared.Counters;

    internal IoSession Io { get; }

    internal BufferSession Shared { get; }

    /// <summary>The session's side of the pool that holds a fork's pages.</summary>
    internal BufferSession Buffers(RelationFork fork)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        fork.ThrowIfForgotten();
        if (!fork.IsTemporary)
            return Shared;
        if (fork.Identity.Session != Io.Slot)
            throw new InvalidOperationException($"'{fork}' is a temporary relation of another session.");
        _temporary ??= new TemporaryPool(_instance, Io);
        return _temporary.Session;
    }

    /// <summary>A temporary relation of this session; its pages are nobody else's business.</summary>
    public RelationFork Temporary(RelationLocator locator) =>
        _instance.Storage.Temporary(Io.Slot, locator, ForkNumber.Main);

    /// <summary>
    /// The end of a piece of work, orderly or after an exception: what it left open is repaired, with a notice for
    /// each: a handle, a batch, pages that were not unlocked or not disposed.
    /// </summary>
    public void EndWork()
    {
        // All is repaired before anybody hears of it: who receives notices may throw.
        Shared.WriteBacks.Collect(); // before their outcomes are dropped
        IoLeftovers left = Io.EndWork();
        int locks = Shared.UnlockAll() + (_temporary?.Session.UnlockAll() ?? 0);
        int pages = Shared.UnpinAll() + (_temporary?.Session.UnpinAll() ?? 0);
        if ((left & IoLeftovers.Handle) != 0)
            _instance.Notices.Raise("handle-leak", $"Session {Id} had acquired an I/O handle and not used it.");
        if ((left & IoLeftovers.Batch) != 0)
            _instance.Notices.Raise("batch-leak", $"Session {Id} had left an I/O batch open.");
        if (locks > 0)
            _instance.Notices.Raise("lock-leak", $"Session {Id} had left {locks} pages locked.");
        if (pages > 0)
            _instance.Notices.Raise("pin-leak", $"Session {Id} had not disposed {pages} pages.");
        Shared.WriteBacks.Tell();
    }

    /// <summary>Ends the session after all its operations are over.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        try
        {
            EndWork();
        }
        finally
        {
            Io.WaitForAll();
            Close();
        }
    }

    /// <summary>As <see cref="Dispose"/> without blocking the thread while operations are in flight.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        try
        {
            EndWork();
        }
        finally
        {
            await Io.WaitForAllAsync().ConfigureAwait(false);
            Close();
        }
    }

    private void Close()
    {
        _disposed = true;
        Shared.Close();
        _temporary?.Dispose();
        _instance.Close(this);
        Io.Dispose();
        Shared.WriteBacks.Tell();
    }
}
