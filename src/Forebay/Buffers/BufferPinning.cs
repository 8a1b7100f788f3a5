namespace Forebay.Buffers;

/// <summary>What an attempt to pin a frame for a page came to.</summary>
internal enum BufferPinning
{
    /// <summary>The frame holds the page and is pinned.</summary>
    Pinned,

    /// <summary>The frame does not hold the page; nothing is pinned.</summary>
    NotThere,

    /// <summary>The frame was pinned, but it holds another page by now: that pin has to be given back.</summary>
    OtherPage,

    /// <summary>Its pins are being counted: to be tried again in a moment, without having it reached for meanwhile.
    /// </summary>
    Frozen,
}
