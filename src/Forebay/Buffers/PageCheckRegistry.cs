using Forebay.Primitives;

namespace Forebay.Buffers;

/// <summary>Page checks by id.</summary>
internal sealed class PageCheckRegistry() : IdRegistry<PageCheck>("Page check", Max)
{
    /// <summary>The id that checks nothing.</summary>
    public const byte None = 0;

    /// <summary>Largest id: it shares a byte of callback data with four flags.</summary>
    public const byte Max = 15;

    /// <summary>
    /// Refuses an id that would check nothing though it is not <see cref="None"/>: pages would pass unseen.
    /// </summary>
    /// <exception cref="ArgumentException">No check has the id.</exception>
    public void ThrowIfUnknown(byte id)
    {
        if (id != None && Find(id) is null)
            throw new ArgumentException($"No page check is registered under id {id}; {None} is for none.", nameof(id));
    }

    /// <inheritdoc/>
    protected override string NameOf(PageCheck item) => item.Name;
}
