namespace Forebay.Storage;

/// <summary>Where a slot of the file table is; it goes round in this order.</summary>
internal enum FileSlotState
{
    /// <summary>Unused, on the free list. Next: Opening, by whoever takes it from that list.</summary>
    Free = 0,

    /// <summary>
    /// Owned by one thread that opens a file for it. Next: Open when that succeeded, Free when it failed.
    /// </summary>
    Opening = 1,

    /// <summary>
    /// A file that anybody may lease. Next: Closing, by an evictor (no leases) or by unlink and dispose.
    /// </summary>
    Open = 2,

    /// <summary>
    /// Owned by one thread that waits for the last lease and closes the file; no new leases. Next: Free, or Opening
    /// when that thread wants the slot for another file. The generation moves on here.
    /// </summary>
    Closing = 3,
}
