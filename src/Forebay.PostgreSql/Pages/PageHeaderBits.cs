namespace Forebay.PostgreSql.Pages;

/// <summary>The flag bits of a page header. The first two are hints, not promises.</summary>
[Flags]
public enum PageHeaderBits : ushort
{
    /// <summary>No bit is set.</summary>
    None = 0,

    /// <summary>There are unused line pointers before the free space.</summary>
    HasFreeLinePointers = 0x0001,

    /// <summary>An update found no room here for its new row.</summary>
    Full = 0x0002,

    /// <summary>Every row of the page is visible to every transaction.</summary>
    AllVisible = 0x0004,
}
