using System.Globalization;

namespace Forebay.PostgreSql.Pages;

/// <summary>Bytes of a relation make no sense. The message names file, block and item in one line.</summary>
public sealed class DamagedDataException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="file">The relation's file, as people know it.</param>
    /// <param name="block">The block within the relation.</param>
    /// <param name="item">The item number on the page, from 1; 0 if the page as a whole is meant.</param>
    /// <param name="fault">What is wrong.</param>
    /// <param name="detail">More about it, such as the name of the column; may be empty.</param>
    public DamagedDataException(string file, uint block, int item, DataFault fault, string detail = "")
        : base(Text(file, block, item, fault, detail))
    {
        File = file;
        Block = block;
        Item = item;
        Fault = fault;
    }

    /// <summary>The relation's file.</summary>
    public string File { get; }

    /// <summary>The block within the relation.</summary>
    public uint Block { get; }

    /// <summary>The item number on the page, from 1; 0 if the page as a whole is meant.</summary>
    public int Item { get; }

    /// <summary>What is wrong.</summary>
    public DataFault Fault { get; }

    /// <summary>Throws unless there is no fault.</summary>
    /// <param name="fault">What was found.</param>
    /// <param name="file">The relation's file, as people know it.</param>
    /// <param name="block">The block within the relation.</param>
    /// <param name="item">The item number on the page, from 1; 0 for the whole page.</param>
    /// <exception cref="DamagedDataException">There is one.</exception>
    public static void ThrowIf(DataFault fault, string file, uint block, int item = 0)
    {
        if (fault != DataFault.None)
            throw new DamagedDataException(file, block, item, fault);
    }

    private static string Text(string file, uint block, int item, DataFault fault, string detail)
    {
        string place = item == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{file}: block {block}")
            : string.Create(CultureInfo.InvariantCulture, $"{file}: block {block}, item {item}");
        string more = detail.Length == 0 ? "" : $" ({detail})";
        return $"{place}: {DataFaults.Describe(fault)}{more}";
    }
}
