namespace Forebay.PostgreSql.Pages;

/// <summary>The words for <see cref="DataFault"/>.</summary>
public static class DataFaults
{
    /// <summary>Says what a fault is.</summary>
    /// <param name="fault">The fault.</param>
    /// <returns>Half a sentence in lower case, to follow the name of a place.</returns>
    public static string Describe(DataFault fault) => fault switch
    {
        DataFault.None => "no fault",
        DataFault.NoSuchBlock => "the relation has no such block",
        DataFault.PageHeader => "the page header breaks the rules of its format",
        DataFault.PageChecksum => "the page's checksum is not that of its content",
        DataFault.PageNotZero => "the page claims to be uninitialised, but is not all zeros",
        DataFault.LinePointerArray => "the line pointers end before they begin, or in the middle of one",
        DataFault.NoSuchItem => "the page has no item of this number",
        DataFault.ItemWithoutBytes => "the line pointer stands for no bytes",
        DataFault.ItemUnaligned => "the item does not start at a multiple of 8",
        DataFault.ItemOutsidePage => "the item reaches outside the part of the page that holds items",
        DataFault.BadRedirect => "the redirection leads to no row, or in a circle",
        DataFault.TupleTooShort => "the item is too short for the header of a row",
        DataFault.TupleDataOffset => "the row's data starts at an impossible offset",
        DataFault.ColumnPastEnd => "a column reaches past the end of the row",
        DataFault.TooManyColumns => "the row has more columns than the table",
        DataFault.VarlenaLength => "the length of a variable-length value is impossible",
        DataFault.ToastPointer => "the reference to a value stored elsewhere is malformed",
        DataFault.ToastMissing => "a value stored elsewhere cannot be found",
        DataFault.ToastChunks => "the pieces of a value stored elsewhere do not fit together",
        DataFault.CompressionMethod => "the compression method is not known",
        DataFault.CompressedData => "a compressed value is damaged",
        DataFault.ValueFormat => "the bytes are no value of the column's type",
        DataFault.TransactionUnknown => "the state of a transaction that the row names is not on record",
        DataFault.MultitransactionUnknown => "the members of a multitransaction that the row names are not on record",
        DataFault.IndexPage => "the page is no such page of an index as it should be",
        DataFault.IndexEntry => "the entry of the index is malformed",
        DataFault.IndexLinks => "the links between the pages of the index lead astray",
        DataFault.IndexPlace => "the entry of the index leads to a place that the table does not have",
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "There is no such fault."),
    };
}
