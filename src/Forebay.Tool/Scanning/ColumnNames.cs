using Forebay.PostgreSql.Catalog;
using Forebay.Tool.Output;

namespace Forebay.Tool.Scanning;

/// <summary>Names of columns on the command line.</summary>
internal static class ColumnNames
{
    /// <summary>The column that every table has: where a row lies.</summary>
    public const string Place = "ctid";

    /// <summary>Finds a column by the name that the catalog has; dropped ones are not found.</summary>
    /// <returns>Its place, from 0, among all columns.</returns>
    /// <exception cref="CommandException">There is none.</exception>
    public static int Find(IReadOnlyList<CatalogColumn> columns, string name, string option)
    {
        for (int i = 0; i < columns.Count; i++)
        {
            if (!columns[i].IsDropped && columns[i].Name == name)
                return i;
        }

        string known = string.Join(", ", columns.Where(column => !column.IsDropped).Select(column => column.Name));
        throw new CommandException($"{option}: the table has no column \"{name}\"; it has {known}.");
    }

    /// <summary>Takes a list apart at its commas, those within double quotes excepted.</summary>
    /// <returns>The names as the catalog has them.</returns>
    /// <exception cref="CommandException">An entry is no name.</exception>
    public static List<string> Split(string list)
    {
        List<string> names = [];
        bool isQuoted = false;
        int start = 0;
        for (int i = 0; i <= list.Length; i++)
        {
            if (i < list.Length && list[i] == '"')
                isQuoted = !isQuoted;
            if (i < list.Length && (list[i] != ',' || isQuoted))
                continue;
            string word = list[start..i].Trim();
            if (!QualifiedName.TryParsePart(word, out string name))
                throw new CommandException($"--columns takes names with commas between them; '{word}' is none.");
            names.Add(name);
            start = i + 1;
        }

        return names;
    }
}
