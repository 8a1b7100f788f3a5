namespace Forebay.Methods;

/// <summary>What a method does for processes that work on one instance.</summary>
internal interface ISharedMethod
{
    /// <summary>
    /// Somebody has waited for a while. Whoever was woken for an operation may be in a process that does not run: has
    /// somebody else look.
    /// </summary>
    void Nudge();
}
