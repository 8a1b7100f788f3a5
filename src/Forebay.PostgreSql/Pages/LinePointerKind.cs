namespace Forebay.PostgreSql.Pages;

/// <summary>What a line pointer stands for.</summary>
public enum LinePointerKind : byte
{
    /// <summary>Nothing: free for the next item.</summary>
    Unused = 0,

    /// <summary>An item on this page.</summary>
    Normal = 1,

    /// <summary>Another line pointer of this page, where the chain of a row's versions goes on.</summary>
    Redirect = 2,

    /// <summary>A dead item: in a table without bytes, in an index with them.</summary>
    Dead = 3,
}
