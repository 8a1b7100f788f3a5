using System.Buffers;
using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Tuples;

namespace Forebay.PostgreSql.Scans.BTree;

/// <summary>What an index stores of a visible row, where it lies. Valid until the next call on its scan.</summary>
/// <remarks>Columns are counted from 0, as in <see cref="BTreeIndex.Columns"/>.</remarks>
public readonly ref struct IndexRow
{
    private readonly IndexRowReader _reader;

    internal IndexRow(IndexRowReader reader, IndexEntry entry, ItemPointer tid)
    {
        _reader = reader;
        Entry = entry;
        Tid = tid;
    }

    /// <summary>The place that the index names: where the chain of the row's versions begins.</summary>
    public ItemPointer Tid { get; }

    internal IndexEntry Entry { get; }

    /// <summary>The value of a column: without length word, decompressed.</summary>
    /// <param name="column">The column, from 0.</param>
    /// <param name="value">The value; valid until a value of another column is asked for.</param>
    /// <returns>False for null.</returns>
    public bool TryGetValue(int column, out ReadOnlySpan<byte> value) => _reader.TryValue(this, column, out value);

    /// <summary>That a value of the row makes no sense, with the place in the index that it came from.</summary>
    /// <param name="fault">What is wrong.</param>
    /// <param name="detail">More about it, such as the name of the column; may be empty.</param>
    public DamagedDataException Damage(DataFault fault, string detail) =>
        new(_reader.File, _reader.Block, _reader.Item, fault, detail);

    /// <summary>Prints a column as PostgreSQL does.</summary>
    /// <param name="column">The column, from 0.</param>
    /// <param name="output">Where the text goes.</param>
    /// <returns>False for null; nothing is printed then.</returns>
    public bool TryWriteText(int column, IBufferWriter<byte> output) => _reader.TryWriteText(this, column, output);
}
