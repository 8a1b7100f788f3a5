using System.Globalization;
using System.Text.RegularExpressions;
using Forebay.Tidy.Source;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Forebay.Tidy.Rules;

/// <summary>
/// The message of each <c>Invariant</c> call in src starts with an id (<c>"I-07: …"</c>) that is a row of
/// docs/invariants.md, and each row is asserted somewhere. Numbers from 20 up tell the layer.
/// </summary>
internal sealed partial class InvariantRule : ITidyRule
{
    private const string Page = "docs/invariants.md";

    // The first number and the last, and the folder that alone asserts them. Below 20: the engine and what it uses.
    private static readonly (int First, int Last, string Folder)[] s_ranges =
    [
        (20, 49, "src/Forebay/Buffers/"),
        (50, 59, "src/Forebay/Storage/"),
        (60, 69, "src/Forebay/Streams/"),
        (70, 79, "src/Forebay/Methods/IoUring/"),
        (80, 89, "src/Forebay/Methods/Worker/"),
        (90, 99, "src/Forebay/Interop/"),
    ];

    public IEnumerable<Violation> Check(SourceTree tree)
    {
        TextFile? page = tree.Texts.FirstOrDefault(file => file.Path == Page);
        var rows = new Dictionary<string, int>();
        foreach (Violation violation in ReadRows(page, rows))
            yield return violation;

        var asserted = new HashSet<string>();
        foreach (SourceFile file in tree.Sources.Where(file => file.IsSource))
        {
            foreach ((SyntaxNode message, string text) in Messages(file))
            {
                Match id = MessageId().Match(text);
                if (!id.Success)
                    yield return file.At(message,
                        "An invariant's message starts with its id: \"I-07: what does not hold\".");
                else if (RangeOf(id.Groups[1].Value) is { } folder && !file.Path.StartsWith(folder))
                    yield return file.At(message,
                        $"{id.Groups[1].Value} is a number of {folder}: take one of this layer's own.");
                else if (asserted.Add(id.Groups[1].Value) && page is not null && !rows.ContainsKey(id.Groups[1].Value))
                    yield return file.At(message,
                        $"{id.Groups[1].Value} is no row of {Page}: add it there with statement, reason and test.");
            }
        }
        foreach ((string id, int line) in rows.Where(row => !asserted.Contains(row.Key)))
            yield return new(Page, line,
                $"{id} is asserted nowhere in src: assert it where it could break, or delete the row.");
    }

    private static string? RangeOf(string id)
    {
        int number = int.Parse(id.AsSpan("I-".Length), CultureInfo.InvariantCulture);
        return s_ranges.FirstOrDefault(range => range.First <= number && number <= range.Last).Folder;
    }

    private static List<Violation> ReadRows(TextFile? page, Dictionary<string, int> rows)
    {
        var found = new List<Violation>();
        for (int i = 0; i < (page?.Lines.Length ?? 0); i++)
        {
            Match row = PageRow().Match(page!.Lines[i]);
            if (row.Success && !rows.TryAdd(row.Groups[1].Value, i + 1))
                found.Add(new(Page, i + 1, $"{row.Groups[1].Value} has two rows: give each invariant its own number."));
        }
        return found;
    }

    private static IEnumerable<(SyntaxNode Node, string Text)> Messages(SourceFile file)
    {
        foreach (InvocationExpressionSyntax call in file.Root.DescendantNodes().OfType<InvocationExpressionSyntax>())
        {
            bool isInvariant = call.Expression is MemberAccessExpressionSyntax access
                && access.Expression.ToString().Split('.')[^1] == "Invariant";
            if (!isInvariant)
                continue;
            var texts = call.ArgumentList.Arguments.Select(a => (Node: (SyntaxNode)a, Text: TextOf(a.Expression)))
                .Where(argument => argument.Text is not null).ToList();
            if (texts.Count > 0)
                yield return (texts[0].Node, texts[0].Text!);
        }
    }

    private static string? TextOf(ExpressionSyntax expression) => expression switch
    {
        LiteralExpressionSyntax literal when literal.IsKind(SyntaxKind.StringLiteralExpression) =>
            literal.Token.ValueText,
        InterpolatedStringExpressionSyntax text => text.Contents.ToString(),
        BinaryExpressionSyntax sum => TextOf(sum.Left),
        _ => null,
    };

    [GeneratedRegex("""^(I-\d{2,3}): \S""")]
    private static partial Regex MessageId();

    [GeneratedRegex("""^(?:\||#{1,6})\s*[`*]*(I-\d{2,3})\b""")]
    private static partial Regex PageRow();
}
