using System.Buffers;
using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Types;

namespace Forebay.Tool.Scanning.Output;

/// <summary>
/// A JSON object a line. Numbers are numbers with all their digits, NaN and the infinities strings; bool is true or
/// false, null is null, json is what it is; all else is a string with PostgreSQL's text.
/// </summary>
internal sealed class JsonRowWriter : RowWriter
{
    private const byte FirstPrintable = 0x20;

    private static readonly SearchValues<byte> s_special = SearchValues.Create(
        [.. Enumerable.Range(0, FirstPrintable).Select(value => (byte)value), (byte)'"', (byte)'\\']);

    private readonly byte[][] _names;

    public JsonRowWriter(IReadOnlyList<OutputColumn> columns, OutputBuffer buffer)
        : base(columns, buffer)
    {
        // What comes before each value is always the same: it is made once.
        _names = new byte[columns.Count][];
        for (int i = 0; i < _names.Length; i++)
        {
            int start = buffer.Length;
            buffer.Put((byte)(i == 0 ? '{' : ','));
            WriteText(columns[i].NameBytes.Span);
            buffer.Put((byte)':');
            _names[i] = buffer.Written[start..].ToArray();
            buffer.CutTo(start);
        }
    }

    /// <inheritdoc/>
    public override void WriteHeader()
    {
    }

    /// <inheritdoc/>
    protected override void BeginValue(int column) => Buffer.Put(_names[column]);

    /// <inheritdoc/>
    protected override void WriteNull() => Buffer.Put("null"u8);

    /// <inheritdoc/>
    protected override DataFault WriteValue(OutputColumn column, ReadOnlySpan<byte> value)
    {
        switch (column.Form)
        {
            case ValueForm.Boolean when value.Length == 1:
                Buffer.Put(value[0] != 0 ? "true"u8 : "false"u8);
                return DataFault.None;
            case ValueForm.Int16 or ValueForm.Int32 or ValueForm.Int64 or ValueForm.ObjectId:
                return ValueText.Write(column.Form, value, Buffer);
            case ValueForm.Float32 or ValueForm.Float64 or ValueForm.Numeric:
                return WriteNumber(column.Form, value);
            case ValueForm.Text when column.IsJson:
                WriteJson(value);
                return DataFault.None;
            case ValueForm.Text:
                WriteText(value);
                return DataFault.None;
            case ValueForm.Name:
                int end = value.IndexOf((byte)0);
                WriteText(end < 0 ? value : value[..end]);
                return DataFault.None;
            case ValueForm.Boolean or ValueForm.Hex or ValueForm.SingleByte or ValueForm.Bytes or ValueForm.Date
                or ValueForm.Time or ValueForm.Timestamp or ValueForm.TimestampWithZone or ValueForm.Uuid:
            default:
                return WriteQuoted(column.Form, value);
        }
    }

    /// <inheritdoc/>
    protected override void EndRow() => Buffer.Put(Columns.Count == 0 ? "{}\n"u8 : "}\n"u8);

    // NaN and Infinity are no numbers in JSON.
    private DataFault WriteNumber(ValueForm form, ReadOnlySpan<byte> value)
    {
        int start = Buffer.Length;
        DataFault fault = ValueText.Write(form, value, Buffer);
        if (fault != DataFault.None || Buffer.Written[^1] is >= (byte)'0' and <= (byte)'9')
            return fault;
        Buffer.CutTo(start);
        return WriteQuoted(form, value);
    }

    // Backslashes are all that the text of these can have in need of escape, and a control character as "char".
    private DataFault WriteQuoted(ValueForm form, ReadOnlySpan<byte> value)
    {
        if (form is not (ValueForm.SingleByte or ValueForm.Bytes or ValueForm.Hex))
        {
            Buffer.Put((byte)'"');
            DataFault fault = ValueText.Write(form, value, Buffer);
            Buffer.Put((byte)'"');
            return fault;
        }

        if (form != ValueForm.SingleByte)
        {
            Buffer.Put("\"\\"u8); // the text begins with the backslash that this one escapes
            DataFault fault = ValueText.Write(form, value, Buffer);
            Buffer.Put((byte)'"');
            return fault;
        }

        return WriteByteText(value);
    }

    private DataFault WriteByteText(ReadOnlySpan<byte> value)
    {
        Span<byte> text = stackalloc byte[8];
        int start = Buffer.Length;
        DataFault fault = ValueText.Write(ValueForm.SingleByte, value, Buffer);
        if (fault != DataFault.None)
            return fault;
        int length = Buffer.Length - start;
        Buffer.Written[start..].CopyTo(text);
        Buffer.CutTo(start);
        WriteText(text[..length]);
        return DataFault.None;
    }

    // Line breaks can only stand between its words, where a space does as well.
    private void WriteJson(ReadOnlySpan<byte> json)
    {
        int start = Buffer.Length;
        Buffer.Put(json);
        Span<byte> written = Buffer.WrittenFrom(start);
        written.Replace((byte)'\n', (byte)' ');
        written.Replace((byte)'\r', (byte)' ');
    }

    private void WriteText(ReadOnlySpan<byte> text)
    {
        Buffer.Put((byte)'"');
        for (int at = text.IndexOfAny(s_special); at >= 0; at = text.IndexOfAny(s_special))
        {
            Buffer.Put(text[..at]);
            WriteEscape(text[at]);
            text = text[(at + 1)..];
        }

        Buffer.Put(text);
        Buffer.Put((byte)'"');
    }

    private void WriteEscape(byte value)
    {
        byte letter = value switch
        {
            (byte)'"' or (byte)'\\' => value,
            (byte)'\b' => (byte)'b',
            (byte)'\f' => (byte)'f',
            (byte)'\n' => (byte)'n',
            (byte)'\r' => (byte)'r',
            (byte)'\t' => (byte)'t',
            _ => 0,
        };
        Buffer.Put((byte)'\\');
        if (letter != 0)
        {
            Buffer.Put(letter);
            return;
        }

        Buffer.Put("u00"u8);
        Buffer.Put((byte)('0' + (value >> 4)));
        Buffer.Put((byte)((value & 0xF) < 10 ? '0' + (value & 0xF) : 'a' + (value & 0xF) - 10));
    }
}
