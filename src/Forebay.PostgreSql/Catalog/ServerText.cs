using System.Text;

namespace Forebay.PostgreSql.Catalog;

/// <summary>How a database writes text: what its names and values are as strings, and back. Immutable.</summary>
/// <remarks>
/// A database may say that it does not know (SQL_ASCII), and bytes may not be what it says: those are taken for UTF-8
/// if they are, else each byte for one letter. Who writes values out writes their bytes, and has no need of this.
/// </remarks>
public sealed class ServerText
{
    private const int Utf8Number = 6;

    // In the order of PostgreSQL's numbers; 0 is SQL_ASCII. 0 here: there is no such code page.
    private static readonly int[] s_codePages =
    [
        0, 51932, 51936, 51949, 0, 0, 65001, 0, 28591, 28592, 28593, 28594, 28599, 0, 28603, 0, 28605, 0, 1256, 1258,
        866, 874, 20866, 1251, 1252, 28595, 28596, 28597, 28598, 1250, 1253, 1254, 1255, 1257, 21866,
    ];

    private static readonly Encoding s_utf8 = new UTF8Encoding(false, throwOnInvalidBytes: true);

    private readonly Encoding _encoding;

    private ServerText(Encoding encoding) => _encoding = encoding;

    /// <summary>UTF-8.</summary>
    public static ServerText Utf8 { get; } = new(s_utf8);

    /// <summary>The text of a database.</summary>
    /// <param name="encoding">The number of its encoding: <see cref="CatalogDatabase.Encoding"/>.</param>
    public static ServerText Of(int encoding)
    {
        int codePage = (uint)encoding < (uint)s_codePages.Length ? s_codePages[encoding] : 0;
        if (encoding == Utf8Number || codePage == 0)
            return Utf8;
        Encoding? found = codePage == Encoding.Latin1.CodePage
            ? Encoding.Latin1
            : CodePagesEncodingProvider.Instance.GetEncoding(codePage);
        if (found is null)
            return Utf8;
        var strict = (Encoding)found.Clone();
        strict.EncoderFallback = EncoderFallback.ExceptionFallback;
        strict.DecoderFallback = DecoderFallback.ExceptionFallback;
        return new ServerText(strict);
    }

    /// <summary>The text that bytes stand for. Whatever they are, they are some text.</summary>
    /// <param name="bytes">The bytes.</param>
    public string Decode(ReadOnlySpan<byte> bytes) =>
        TryDecode(_encoding, bytes) ?? TryDecode(s_utf8, bytes) ?? Encoding.Latin1.GetString(bytes);

    /// <summary>The bytes that the database has for a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="bytes">The bytes.</param>
    /// <returns>False if the text has a letter that the encoding lacks.</returns>
    public bool TryEncode(string text, out byte[] bytes)
    {
        try
        {
            bytes = _encoding.GetBytes(text);
            return true;
        }
        catch (EncoderFallbackException)
        {
            bytes = [];
            return false;
        }
    }

    private static string? TryDecode(Encoding encoding, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return encoding.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
