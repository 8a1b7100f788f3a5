namespace Forebay.Tool.Watching;

/// <summary>How <c>forebay top</c> sorts operations.</summary>
internal enum TopOrder
{
    /// <summary>Oldest first (key a).</summary>
    Age,

    /// <summary>Largest first (key l).</summary>
    Length,

    /// <summary>By process and handle (key p).</summary>
    Process,

    /// <summary>Most waited for first (key w).</summary>
    Waiters,
}
