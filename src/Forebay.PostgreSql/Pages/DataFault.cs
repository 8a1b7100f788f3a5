namespace Forebay.PostgreSql.Pages;

/// <summary>What is wrong with the bytes of a page, a row or a value. <see cref="DataFaults"/> has the words.</summary>
public enum DataFault : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The relation has no such block.</summary>
    NoSuchBlock,

    /// <summary>The page header breaks a rule (see <see cref="PageHeader.Inspect"/>).</summary>
    PageHeader,

    /// <summary>The page's checksum is not that of its content.</summary>
    PageChecksum,

    /// <summary>The page says it was never initialised, but is not all zeros.</summary>
    PageNotZero,

    /// <summary>The line pointers end before they begin, or in the middle of one.</summary>
    LinePointerArray,

    /// <summary>The page has no line pointer of this number.</summary>
    NoSuchItem,

    /// <summary>The line pointer stands for no bytes.</summary>
    ItemWithoutBytes,

    /// <summary>The item does not start at a multiple of 8.</summary>
    ItemUnaligned,

    /// <summary>The item reaches outside the part of the page that holds items.</summary>
    ItemOutsidePage,

    /// <summary>A redirection leads to no row, or in a circle.</summary>
    BadRedirect,

    /// <summary>The item is too short for the header of a row.</summary>
    TupleTooShort,

    /// <summary>The row's data starts inside its header, past its end, or not at a multiple of 8.</summary>
    TupleDataOffset,

    /// <summary>A column reaches past the end of the row.</summary>
    ColumnPastEnd,

    /// <summary>The row has more columns than the table.</summary>
    TooManyColumns,

    /// <summary>The length word of a variable-length value is impossible.</summary>
    VarlenaLength,

    /// <summary>A reference to a value stored elsewhere is malformed.</summary>
    ToastPointer,

    /// <summary>A value stored elsewhere cannot be found, or there is nobody who looks for it.</summary>
    ToastMissing,

    /// <summary>The pieces of a value stored elsewhere do not fit together.</summary>
    ToastChunks,

    /// <summary>A compression method that does not exist.</summary>
    CompressionMethod,

    /// <summary>A compressed value is damaged, or does not have the length that it states.</summary>
    CompressedData,

    /// <summary>The bytes are no value of the column's type.</summary>
    ValueFormat,

    /// <summary>The state of a transaction that the row names is no longer, or not yet, on record.</summary>
    TransactionUnknown,

    /// <summary>The members of a multitransaction that the row names are not on record, or make no sense.</summary>
    MultitransactionUnknown,

    /// <summary>A page of an index is not what it has to be where it was found.</summary>
    IndexPage,

    /// <summary>An entry of an index is malformed.</summary>
    IndexEntry,

    /// <summary>The links between the pages of an index lead to a wrong page, nowhere, or in a circle.</summary>
    IndexLinks,

    /// <summary>An entry of an index leads to a place that the table does not have.</summary>
    IndexPlace,
}
