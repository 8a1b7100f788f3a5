namespace Forebay.Methods;

/// <summary>What a method does for processes that work on one instance.</summary>
internal interface ISharedMethod
{
    /// <summary>
    /// Somebody has waited for a while. Whoever was woken for an operation may be in a process that does not run: has
    /// somebody else look.
    /// </summary>
    void Nudge();

    /// <summary>What a dead process held or was about to do is taken back, operations excepted.</summary>
    /// <returns>False: not now; another one who is dead may stand in the way.</returns>
    bool TryTakeOver(int deadSlot);

    /// <summary>Whether a submitted operation waits for whoever comes to execute it; null = not to be told now.
    /// </summary>
    bool? IsQueued(int handle);

    /// <summary>Whether a process has the method's lock; a hint.</summary>
    bool IsLockedBy(int processSlot);
}
