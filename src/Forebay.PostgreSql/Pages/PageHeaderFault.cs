namespace Forebay.PostgreSql.Pages;

/// <summary>What is wrong with a page header: the rule it breaks.</summary>
public enum PageHeaderFault : byte
{
    /// <summary>Nothing: the header looks sane. That proves no more than that its offsets can be followed.</summary>
    None = 0,

    /// <summary>A flag bit is set that PostgreSQL does not define.</summary>
    UnknownFlags = 1,

    /// <summary>Free space starts after it ends.</summary>
    LowerPastUpper = 2,

    /// <summary>Free space ends inside the special space.</summary>
    UpperPastSpecial = 3,

    /// <summary>The special space starts beyond the page.</summary>
    SpecialPastEnd = 4,

    /// <summary>The special space does not start at a multiple of 8.</summary>
    SpecialUnaligned = 5,
}
