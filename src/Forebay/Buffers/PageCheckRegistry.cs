using Forebay.Primitives;

namespace Forebay.Buffers;

/// <summary>Page checks by id.</summary>
internal sealed class PageCheckRegistry() : IdRegistry<PageCheck>("Page check", Max)
{
    /// <summary>The id that checks nothing.</summary>
    public const byte None = 0;

    /// <summary>Largest id: it shares a byte of callback data with four flags.</summary>
    public const byte Max = 15;

    /// <inheritdoc/>
    protected override string NameOf(PageCheck item) => item.Name;
}
