using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Forebay.Buffers;

namespace Forebay.Streams;

/// <summary>
/// A page that stays where it is until it is disposed: its owner's hold on a frame of the pool. Belongs to the flow of
/// the session that pinned it. Copies are the same hold: disposing one gives it back, disposing another then does
/// nothing, and looking at a page that was given back throws.
/// </summary>
[SuppressMessage("Performance", "CA1815", Justification = "A hold is not compared.")]
public readonly struct PinnedPage : IDisposable
{
    private readonly BufferSession? _session;
    private readonly BufferPin _pin;

    internal PinnedPage(BufferSession session, BufferPin pin)
    {
        _session = session;
        _pin = pin;
    }

    /// <summary>Whether there is a page; false for a default value and for a page that was given back.</summary>
    public bool IsValid => _session is { } session && session.Ledger.Holds(_pin);

    /// <summary>Block number in the relation fork.</summary>
    /// <exception cref="ObjectDisposedException">The page was given back.</exception>
    public uint Block => Held().Pool.Descriptor(_pin.Frame).Tag.Block; // stable: we hold a pin

    /// <summary>
    /// The contents, as long as the page is not disposed. Others may be changing them, unless the caller knows better
    /// or has locked them.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The page was given back.</exception>
    public ReadOnlySpan<byte> Span
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Held().Page(_pin);
    }

    internal BufferSession Session => Held();

    internal BufferPin Pin => _pin;

    /// <summary>Locks the contents; blocks the thread until others let it in.</summary>
    /// <returns>The lock, to be disposed before the page.</returns>
    /// <exception cref="InvalidOperationException">
    /// The session holds a lock on the page that would never let it in.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The page was given back.</exception>
    public LockedPage Lock(ContentLockMode mode) => new(Held(), _pin, mode, Held().Lock(_pin, mode));

    /// <summary>
    /// As <see cref="Lock"/> without blocking the thread; awaited before the session is used again. Free: completes at
    /// once, without allocation.
    /// </summary>
    /// <param name="mode">How.</param>
    /// <param name="cancellationToken">Ends the waiting; nothing is locked then.</param>
    public ValueTask<LockedPage> LockAsync(ContentLockMode mode, CancellationToken cancellationToken = default)
    {
        BufferSession session = Held();
        ValueTask<int> number = session.LockAsync(_pin, mode, cancellationToken);
        return number.IsCompletedSuccessfully
            ? new ValueTask<LockedPage>(new LockedPage(session, _pin, mode, number.Result))
            : LockSlowAsync(session, _pin, mode, number);
    }

    /// <summary>Locks the contents if that needs no waiting.</summary>
    public bool TryLock(ContentLockMode mode, out LockedPage locked)
    {
        bool entered = Held().TryLock(_pin, mode, out int number);
        locked = entered ? new LockedPage(_session!, _pin, mode, number) : default;
        return entered;
    }

    /// <summary>
    /// Locks the contents exclusively at a moment when nobody else has the page pinned: for changes that would move
    /// what
    /// others may be looking at. Blocks the thread until then.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// This session has the page pinned more than once, or another one waits for the same.
    /// </exception>
    public LockedPage LockForCleanup() =>
        new(Held(), _pin, ContentLockMode.Exclusive, Held().LockForCleanup(_pin));

    /// <summary>
    /// As <see cref="LockForCleanup"/> without blocking the thread; awaited before the session is used again.
    /// </summary>
    public ValueTask<LockedPage> LockForCleanupAsync(CancellationToken cancellationToken = default)
    {
        BufferSession session = Held();
        return LockSlowAsync(
            session, _pin, ContentLockMode.Exclusive, session.LockForCleanupAsync(_pin, cancellationToken));
    }

    /// <summary>Locks for cleanup if nobody else has the page pinned or locked at this moment.</summary>
    public bool TryLockForCleanup(out LockedPage locked)
    {
        bool entered = Held().TryLockForCleanup(_pin, out int number);
        locked = entered ? new LockedPage(_session!, _pin, ContentLockMode.Exclusive, number) : default;
        return entered;
    }

    /// <summary>Gives the page back. Doing so again does nothing.</summary>
    /// <exception cref="InvalidOperationException">It is still locked.</exception>
    public void Dispose() => _session?.TryUnpin(_pin);

    private static async ValueTask<LockedPage> LockSlowAsync(
        BufferSession session, BufferPin pin, ContentLockMode mode, ValueTask<int> number) =>
        new(session, pin, mode, await number.ConfigureAwait(false));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private BufferSession Held()
    {
        if (!IsValid)
            ThrowGivenBack();
        return _session!;
    }

    [DoesNotReturn]
    private static void ThrowGivenBack() =>
        throw new ObjectDisposedException(nameof(PinnedPage), "The page has been given back already.");
}
