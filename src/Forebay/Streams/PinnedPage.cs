using System.Diagnostics.CodeAnalysis;
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
    public ReadOnlySpan<byte> Span => Held().Page(_pin);

    internal BufferSession Session => Held();

    internal BufferPin Pin => _pin;

    /// <summary>Gives the page back. Doing so again does nothing.</summary>
    public void Dispose()
    {
        if (IsValid)
            _session!.Unpin(_pin);
    }

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
