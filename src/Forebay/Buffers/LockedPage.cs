using System.Diagnostics.CodeAnalysis;

namespace Forebay.Buffers;

/// <summary>
/// A hold on a page's contents, given back by disposing it, before the page itself. Belongs to the flow of the session
/// that locked the page. Copies are the same hold: disposing one gives it back, disposing another then does nothing.
/// </summary>
[SuppressMessage("Performance", "CA1815", Justification = "A hold is not compared.")]
public readonly struct LockedPage : IDisposable
{
    private readonly BufferSession? _session;
    private readonly BufferPin _pin;
    private readonly int _number;

    internal LockedPage(BufferSession session, BufferPin pin, ContentLockMode mode, int number)
    {
        _session = session;
        _pin = pin;
        _number = number;
        Mode = mode;
    }

    /// <summary>How the page is locked.</summary>
    public ContentLockMode Mode { get; }

    /// <summary>Whether the lock is held; false for a default value and once it was given back.</summary>
    public bool IsHeld => _session is { } session && session.Locks.Holds(_number);

    /// <summary>The contents, as long as the lock is held.</summary>
    /// <exception cref="ObjectDisposedException">The lock was given back.</exception>
    public ReadOnlySpan<byte> Span => Held().Page(_pin);

    /// <summary>
    /// The contents, to be changed as long as the lock is held; say <see cref="MarkDirty"/> before giving it back.
    /// Under a share-exclusive lock others read meanwhile: then only what each of them can do without may be changed
    /// (hints), each in one piece.
    /// </summary>
    /// <exception cref="InvalidOperationException">The page is locked for reading only.</exception>
    /// <exception cref="ObjectDisposedException">The lock was given back.</exception>
    public Span<byte> Contents
    {
        get
        {
            BufferSession session = Held();
            return Mode == ContentLockMode.Shared
                ? throw new InvalidOperationException("A page that is locked shared is not to be changed.")
                : session.Page(_pin);
        }
    }

    /// <summary>Notes that the page was changed: it is written before its frame is used for another one.</summary>
    /// <exception cref="InvalidOperationException">
    /// The page is locked for reading only, or the instance is for reading only.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The lock was given back.</exception>
    public void MarkDirty() => Held().MarkDirty(_pin);

    /// <summary>Gives the lock back. Doing so again does nothing.</summary>
    public void Dispose() => _session?.TryUnlock(_number);

    private BufferSession Held()
    {
        if (!IsHeld)
            ThrowGivenBack();
        return _session!;
    }

    [DoesNotReturn]
    private static void ThrowGivenBack() =>
        throw new ObjectDisposedException(nameof(LockedPage), "The lock has been given back already.");
}
