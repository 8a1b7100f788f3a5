namespace Forebay.Interop;

/// <summary>What a process tells the kernel of its plans with a part of a file; the kernel's numbers.</summary>
internal enum FileAdvice
{
    /// <summary>It will be read soon.</summary>
    WillNeed = 3,

    /// <summary>It will not be read again soon: clean pages may leave the page cache.</summary>
    DontNeed = 4,
}
