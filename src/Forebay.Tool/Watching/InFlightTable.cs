using System.Globalization;
using Spectre.Console;

namespace Forebay.Tool.Watching;

/// <summary>Handles in use as a table for people.</summary>
internal static class InFlightTable
{
    private const double MicrosecondsPerMillisecond = 1000;

    /// <summary>Makes it.</summary>
    public static Table Of(IEnumerable<InFlightReport.IoEntry> rows)
    {
        Table table = new() { Border = TableBorder.Rounded };
        foreach (string title in (string[])["pid", "io", "state", "operation", "target"])
            table.AddColumn(new TableColumn(title).NoWrap());
        foreach (string title in (string[])["offset", "length", "result", "age ms", "ring", "waiters"])
            table.AddColumn(new TableColumn(title).NoWrap().RightAligned());
        foreach (InFlightReport.IoEntry row in rows)
        {
            table.AddRow(
                Text(row.Pid), $"{Text(row.IoId)}:{Text(row.IoGeneration)}", row.State, row.Operation ?? "",
                Markup.Escape(row.TargetDesc ?? ""), Text(row.Off), Text(row.Length), Text(row.RawResult),
                row.AgeUs is { } age
                    ? (age / MicrosecondsPerMillisecond).ToString("0.000", CultureInfo.InvariantCulture)
                    : "",
                Text(row.Ring), Text(row.Waiters));
        }

        return table;
    }

    private static string Text(long? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";
}
