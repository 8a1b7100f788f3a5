using System.Globalization;
using System.Text;

namespace Forebay.Comparison.Charts;

/// <summary>A picture under construction: rectangles, lines, words.</summary>
internal sealed class SvgText(int width, int height)
{
    private const string Font = "font-family=\"system-ui,sans-serif\"";

    private readonly StringBuilder _body = new();

    public void Rectangle(double x, double y, double width, double height, string fill) =>
        Add(string.Create(CultureInfo.InvariantCulture,
            $"<rect x=\"{x:0.#}\" y=\"{y:0.#}\" width=\"{width:0.#}\" height=\"{height:0.#}\" fill=\"{fill}\"/>"));

    public void Line(double x1, double y1, double x2, double y2, string stroke) =>
        Add(string.Create(CultureInfo.InvariantCulture,
            $"<line x1=\"{x1:0.#}\" y1=\"{y1:0.#}\" x2=\"{x2:0.#}\" y2=\"{y2:0.#}\" stroke=\"{stroke}\"/>"));

    public void Path(IEnumerable<(double X, double Y)> points, string stroke)
    {
        string joined = string.Join(' ', points.Select(
            point => string.Create(CultureInfo.InvariantCulture, $"{point.X:0.#},{point.Y:0.#}")));
        Add($"<polyline points=\"{joined}\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"2\"/>");
    }

    public void Words(
        double x, double y, string words, int size = 12, string anchor = "start", string fill = "#24292f") =>
        Add(string.Create(CultureInfo.InvariantCulture,
            $"<text x=\"{x:0.#}\" y=\"{y:0.#}\" {Font} font-size=\"{size}\" text-anchor=\"{anchor}\" "
            + $"fill=\"{fill}\">{Escape(words)}</text>"));

    public override string ToString() =>
        $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" "
        + $"viewBox=\"0 0 {width} {height}\">\n<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n"
        + $"{_body}</svg>\n";

    private static string Escape(string words) => words
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal);

    private void Add(string element) => _body.Append(element).Append('\n');
}
