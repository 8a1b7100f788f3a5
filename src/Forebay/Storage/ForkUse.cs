namespace Forebay.Storage;

/// <summary>How far the object of a fork is from being void. It only ever goes forward, except back to InUse.</summary>
internal enum ForkUse
{
    /// <summary>
    /// As made. To BeingForgotten by who lets go of its pages, back if that fails; to Forgotten when storage drops it.
    /// </summary>
    InUse = 0,

    /// <summary>
    /// Its pages are leaving the pool: nothing is read any more, what is dirty may still be written. To InUse if a page
    /// is pinned; to Forgotten when the pages are gone.
    /// </summary>
    BeingForgotten,

    /// <summary>Its files are closed, and who asks for the fork gets another object. The end.</summary>
    Forgotten,
}
