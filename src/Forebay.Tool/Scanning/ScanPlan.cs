using Forebay.PostgreSql.Catalog;
using Forebay.PostgreSql.Types;
using Forebay.Tool.Output;
using Forebay.Tool.Scanning.Conditions;
using Forebay.Tool.Scanning.Output;

namespace Forebay.Tool.Scanning;

/// <summary>What comes out of a scan. Immutable: any thread.</summary>
internal sealed class ScanPlan
{
    private const uint JsonType = 114;

    private ScanPlan(ScanOptions options, IReadOnlyList<OutputColumn> columns, Condition[] conditions)
    {
        (Columns, Conditions) = (columns, conditions);
        Format = options.Count ? RowFormat.None : options.Format;
        IsOrderFree = Format == RowFormat.None || options.Parallel > 1;
        IsPlainCount = options.Count && conditions.Length == 0 && options.Limit is null;
    }

    /// <summary>What is printed.</summary>
    public IReadOnlyList<OutputColumn> Columns { get; }

    /// <summary>What is looked at to be printed: of rows that are not, nothing.</summary>
    public IReadOnlyList<OutputColumn> Printed => Format == RowFormat.None ? [] : Columns;

    /// <summary>Whether rows may come in any order.</summary>
    public bool IsOrderFree { get; }

    /// <summary>What a row must fulfil.</summary>
    public Condition[] Conditions { get; }

    /// <summary>How rows are printed.</summary>
    public RowFormat Format { get; }

    /// <summary>Whether rows need not be looked at.</summary>
    public bool IsPlainCount { get; }

    /// <summary>Makes the plan.</summary>
    /// <param name="options">What was asked for.</param>
    /// <param name="columns">The columns of the table, dropped ones included.</param>
    /// <param name="text">How the database writes text.</param>
    /// <exception cref="CommandException">A column or a condition is none.</exception>
    public static ScanPlan Create(ScanOptions options, IReadOnlyList<CatalogColumn> columns, ServerText text)
    {
        Condition[] conditions =
            [.. options.Where.Select(where => ConditionBuilder.Build(ConditionText.Parse(where), columns, text))];
        List<OutputColumn> output = options.Columns is { } list ? Named(list, columns) : All(columns);
        return new ScanPlan(options, output, conditions);
    }

    /// <summary>What people should know of how values are printed; null if there is nothing.</summary>
    public string? Note()
    {
        string[] hex =
        [
            .. Columns.Where(column => !column.IsPlace && column.Form == ValueForm.Hex)
                .Select(column => $"\"{column.Name}\" ({column.TypeName})"),
        ];
        return hex.Length == 0 || Format == RowFormat.None
            ? null
            : $"forebay: printed as the hexadecimal digits of what is stored, for want of a decoder: "
                + $"{string.Join(", ", hex)}.";
    }

    // As COPY does, columns that are computed are left out unless they are named.
    private static List<OutputColumn> All(IReadOnlyList<CatalogColumn> columns)
    {
        List<OutputColumn> output = [];
        for (int i = 0; i < columns.Count; i++)
        {
            if (columns[i] is { IsDropped: false, IsGenerated: false })
                output.Add(Column(columns, i));
        }

        return output;
    }

    private static List<OutputColumn> Named(string list, IReadOnlyList<CatalogColumn> columns)
    {
        List<OutputColumn> output = [];
        foreach (string name in ColumnNames.Split(list))
        {
            if (output.Exists(column => column.Name == name))
                throw new CommandException($"--columns: \"{name}\" is named more than once.");
            if (name == ColumnNames.Place)
            {
                output.Add(new OutputColumn(name, "ctid"u8.ToArray(), -1, ValueForm.Hex, IsJson: false, "tid"));
                continue;
            }

            int index = ColumnNames.Find(columns, name, "--columns");
            if (columns[index].IsVirtual)
                throw new CommandException($"--columns: \"{name}\" is computed by the server when it is read.");
            output.Add(Column(columns, index));
        }

        return output;
    }

    private static OutputColumn Column(IReadOnlyList<CatalogColumn> columns, int index)
    {
        CatalogColumn column = columns[index];
        return new OutputColumn(
            column.Name, column.NameBytes, index, column.Form, column.BaseType == JsonType, column.TypeName);
    }
}
