using System.Text;

namespace Forebay.PostgreSql.Catalog;

/// <summary>A name of a relation: <c>[database.][schema.]name</c>, folded and quoted as in SQL.</summary>
/// <param name="Database">The database, or null if none was named.</param>
/// <param name="Schema">The schema, or null if none was named.</param>
/// <param name="Name">The relation.</param>
public sealed record QualifiedName(string? Database, string? Schema, string Name)
{
    private const int BytesMax = 63;

    /// <summary>
    /// Reads a name. Parts are separated by dots. Without double quotes a part may not be empty and its letters A to Z
    /// become small ones; within them everything counts, and two quotes stand for one. Parts end after 63 bytes.
    /// </summary>
    /// <param name="text">The name as people write it.</param>
    /// <param name="name">The name taken apart.</param>
    /// <returns>False if it is malformed.</returns>
    public static bool TryParse(string text, out QualifiedName? name)
    {
        ArgumentNullException.ThrowIfNull(text);
        name = null;
        var parts = new List<string>();
        int position = 0;
        while (true)
        {
            if (!TryPart(text, ref position, out string part) || parts.Count == 3)
                return false;
            parts.Add(part);
            if (position == text.Length)
                break;
            if (text[position++] != '.')
                return false;
        }

        if (parts.Count > 3)
            return false;
        name = new QualifiedName(
            parts.Count > 2 ? parts[0] : null,
            parts.Count > 1 ? parts[^2] : null,
            parts[^1]);
        return true;
    }

    /// <summary>Reads one name, such as that of a column or an index, folded and quoted as in SQL.</summary>
    /// <param name="text">The name as people write it.</param>
    /// <param name="name">The name as the catalogs have it.</param>
    /// <returns>False if it is malformed.</returns>
    public static bool TryParsePart(string text, out string name)
    {
        ArgumentNullException.ThrowIfNull(text);
        int position = 0;
        return TryPart(text, ref position, out name) && position == text.Length;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Join('.', new[] { Database, Schema, Name }.Where(static part => part is not null));

    private static bool TryPart(string text, ref int position, out string part)
    {
        var name = new StringBuilder();
        if (position < text.Length && text[position] == '"')
        {
            for (position++; ; position++)
            {
                if (position >= text.Length)
                {
                    part = "";
                    return false;
                }

                if (text[position] == '"' && (++position >= text.Length || text[position] != '"'))
                    break;
                name.Append(text[position]);
            }
        }
        else
        {
            for (; position < text.Length && text[position] is not ('.' or '"'); position++)
            {
                char letter = text[position];
                name.Append(letter is >= 'A' and <= 'Z' ? (char)(letter + ('a' - 'A')) : letter);
            }
        }

        part = Truncated(name.ToString());
        return part.Length > 0;
    }

    private static string Truncated(string name)
    {
        while (Encoding.UTF8.GetByteCount(name) > BytesMax)
            name = name[..^(char.IsLowSurrogate(name[^1]) && name.Length > 1 ? 2 : 1)];
        return name;
    }
}
