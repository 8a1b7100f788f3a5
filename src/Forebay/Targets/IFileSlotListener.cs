namespace Forebay.Targets;

/// <summary>
/// Follows which file is open in which slot of a file table, for a method that registers files with the kernel under
/// the slots' numbers. Called on whatever thread opens or closes; must not throw and must not use the file table.
/// </summary>
internal interface IFileSlotListener
{
    /// <summary>A file was opened; nobody has leased it yet.</summary>
    void Opened(int slot, int descriptor);

    /// <summary>The file in the slot is about to be closed; nobody leases it any more.</summary>
    void Closing(int slot);
}
