using System.Buffers;
using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Types;

namespace Forebay.Tool.Scanning.Output;

/// <summary>
/// As <c>COPY … CSV HEADER</c>: null is nothing, empty text two quotes; what has a comma, a quote or a line break
/// stands in quotes, quotes within are doubled, and so stands the mark for the end of data where it is a whole row.
/// </summary>
internal sealed class CsvRowWriter(IReadOnlyList<OutputColumn> columns, OutputBuffer buffer)
    : RowWriter(columns, buffer)
{
    private static readonly SearchValues<byte> s_special = SearchValues.Create(",\"\r\n"u8);

    /// <inheritdoc/>
    public override void WriteHeader()
    {
        for (int i = 0; i < Columns.Count; i++)
        {
            BeginValue(i);
            WriteText(Columns[i].NameBytes.Span);
        }

        EndRow();
    }

    /// <inheritdoc/>
    protected override void BeginValue(int column)
    {
        if (column > 0)
            Buffer.Put((byte)',');
    }

    /// <inheritdoc/>
    protected override void WriteNull()
    {
    }

    /// <inheritdoc/>
    protected override DataFault WriteValue(OutputColumn column, ReadOnlySpan<byte> value)
    {
        switch (column.Form)
        {
            case ValueForm.Text:
                WriteText(value);
                return DataFault.None;
            case ValueForm.Name:
                int end = value.IndexOf((byte)0);
                WriteText(end < 0 ? value : value[..end]);
                return DataFault.None;
            case ValueForm.SingleByte:
                return WriteByteText(column, value);
            case ValueForm.Hex or ValueForm.Boolean or ValueForm.Int16 or ValueForm.Int32 or ValueForm.Int64
                or ValueForm.ObjectId or ValueForm.Float32 or ValueForm.Float64 or ValueForm.Numeric
                or ValueForm.Bytes or ValueForm.Date or ValueForm.Time or ValueForm.Timestamp
                or ValueForm.TimestampWithZone or ValueForm.Uuid:
            default:
                // None of these has anything that needs quotes.
                return ValueText.Write(column.Form, value, Buffer);
        }
    }

    /// <inheritdoc/>
    protected override void EndRow() => Buffer.Put((byte)'\n');

    private DataFault WriteByteText(OutputColumn column, ReadOnlySpan<byte> value)
    {
        Span<byte> text = stackalloc byte[8];
        int start = Buffer.Length;
        DataFault fault = ValueText.Write(column.Form, value, Buffer);
        if (fault != DataFault.None)
            return fault;
        int length = Buffer.Length - start;
        Buffer.Written[start..].CopyTo(text);
        Buffer.CutTo(start);
        WriteText(text[..length]);
        return DataFault.None;
    }

    private void WriteText(ReadOnlySpan<byte> text)
    {
        bool isEndMark = Columns.Count == 1 && text.SequenceEqual("\\."u8);
        if (!text.IsEmpty && !isEndMark && !text.ContainsAny(s_special))
        {
            Buffer.Put(text);
            return;
        }

        Buffer.Put((byte)'"');
        for (int quote = text.IndexOf((byte)'"'); quote >= 0; quote = text.IndexOf((byte)'"'))
        {
            Buffer.Put(text[..(quote + 1)]);
            Buffer.Put((byte)'"');
            text = text[(quote + 1)..];
        }

        Buffer.Put(text);
        Buffer.Put((byte)'"');
    }
}
