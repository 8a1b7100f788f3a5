using Forebay.Comparison.Reporting;

namespace Forebay.Comparison.Charts;

/// <summary>Bars lying on their sides, ours in colour, each with its number.</summary>
internal static class BarChart
{
    private const int Width = 760;
    private const int NameWidth = 330;
    private const int BarHeight = 18;
    private const int Gap = 8;
    private const int Top = 52;

    public static string Draw(string title, string subtitle, IReadOnlyList<Bar> bars)
    {
        int height = Top + (bars.Count * (BarHeight + Gap)) + 12;
        SvgText picture = new(Width, height);
        picture.Words(16, 24, title, 16);
        picture.Words(16, 42, subtitle, 11, fill: "#57606a");
        double scale = (Width - NameWidth - 80) / bars.Max(bar => bar.Value);
        for (int i = 0; i < bars.Count; i++)
        {
            double y = Top + (i * (BarHeight + Gap));
            picture.Words(NameWidth - 8, y + 13, bars[i].Name, 12, "end");
            picture.Rectangle(NameWidth, y, bars[i].Value * scale, BarHeight, bars[i].IsOurs ? "#0969da" : "#afb8c1");
            picture.Words(NameWidth + (bars[i].Value * scale) + 6, y + 13, MarkdownReport.Number(bars[i].Value));
        }

        return picture.ToString();
    }
}
