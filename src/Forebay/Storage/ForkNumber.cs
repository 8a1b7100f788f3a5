namespace Forebay.Storage;

/// <summary>A relation is several files side by side, each a sequence of blocks of its own.</summary>
public enum ForkNumber : byte
{
    /// <summary>The data.</summary>
    Main = 0,

    /// <summary>Where free space is (<c>_fsm</c>).</summary>
    FreeSpaceMap = 1,

    /// <summary>Which pages everybody sees completely (<c>_vm</c>).</summary>
    VisibilityMap = 2,

    /// <summary>What an unlogged relation is reset to after a crash (<c>_init</c>).</summary>
    Init = 3,
}
