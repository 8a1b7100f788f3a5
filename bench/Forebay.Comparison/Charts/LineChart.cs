using Forebay.Comparison.Reporting;

namespace Forebay.Comparison.Charts;

/// <summary>Curves over one axis.</summary>
internal static class LineChart
{
    private const int Width = 760;
    private const int Height = 360;
    private const int Left = 70;
    private const int Right = 20;
    private const int Top = 84;
    private const int Bottom = 44;
    private const int Ticks = 5;

    private static readonly double[] s_round = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
    private static readonly string[] s_colours = ["#0969da", "#bf3989", "#1a7f37", "#9a6700", "#57606a"];

    /// <summary>Draws; on a logarithmic axis every point has its own tick, which is right for powers of two.</summary>
    public static string Draw(
        string title, string subtitle, string horizontal, IReadOnlyList<Curve> curves, bool logarithmic)
    {
        SvgText picture = new(Width, Height);
        picture.Words(16, 24, title, 16);
        picture.Words(16, 42, subtitle, 11, fill: "#57606a");
        double[] all = [.. curves.SelectMany(curve => curve.Points).Select(point => point.X).Distinct().Order()];
        double step = NiceStep(curves.SelectMany(curve => curve.Points).Max(point => point.Y));
        double highest = step * Ticks;
        double first = logarithmic ? Across(all[0], logarithmic) : 0;
        double last = logarithmic ? Across(all[^1], logarithmic) : NiceStep(all[^1]) * Ticks;
        double span = Math.Max(1e-9, last - first);
        double X(double value) =>
            Left + ((Across(value, logarithmic) - first) / span * (Width - Left - Right));
        double Y(double value) => Height - Bottom - (value / highest * (Height - Top - Bottom));
        for (int i = 0; i <= Ticks; i++)
        {
            double value = step * i;
            picture.Line(Left, Y(value), Width - Right, Y(value), "#d8dee4");
            picture.Words(Left - 6, Y(value) + 4, MarkdownReport.Number(value), 11, "end");
        }

        IEnumerable<double> marks = logarithmic
            ? all
            : Enumerable.Range(0, Ticks + 1).Select(i => last * i / Ticks);
        foreach (double value in marks)
            picture.Words(X(value), Height - Bottom + 16, MarkdownReport.Number(value), 11, "middle");
        picture.Words((Left + Width - Right) / 2.0, Height - 8, horizontal, 11, "middle", "#57606a");
        for (int i = 0; i < curves.Count; i++)
        {
            string colour = s_colours[i % s_colours.Length];
            picture.Path(curves[i].Points.Select(point => (X(point.X), Y(point.Y))), colour);
            picture.Rectangle(Left + (i % 3 * 230), 54 + (i / 3 * 14), 10, 10, colour);
            picture.Words(Left + 14 + (i % 3 * 230), 63 + (i / 3 * 14), curves[i].Name, 11);
        }

        return picture.ToString();
    }

    // The smallest round number that reaches the top in so many steps.
    private static double NiceStep(double highest)
    {
        double least = highest / Ticks;
        double power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        return s_round.First(factor => factor * power >= least * 0.9999) * power;
    }

    private static double Across(double value, bool logarithmic) => logarithmic ? Math.Log2(value) : value;
}
