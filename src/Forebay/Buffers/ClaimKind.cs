namespace Forebay.Buffers;

/// <summary>What a session has of a frame beside the pins in its ledger.</summary>
internal enum ClaimKind
{
    /// <summary>A pin that is not, or not yet, in the ledger.</summary>
    Pin = 1,

    /// <summary>Its contents are locked shared.</summary>
    Shared = 2,

    /// <summary>Its contents are locked share-exclusively.</summary>
    ShareExclusive = 3,

    /// <summary>Its contents are locked exclusively.</summary>
    Exclusive = 4,

    /// <summary>It waits to be alone with the page: the frame's word says that somebody does.</summary>
    Alone = 5,
}
