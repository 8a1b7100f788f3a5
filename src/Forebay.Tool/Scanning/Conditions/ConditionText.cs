using Forebay.PostgreSql.Catalog;
using Forebay.Tool.Output;

namespace Forebay.Tool.Scanning.Conditions;

/// <summary>
/// A condition as people write it: a column, an operator, a constant. The constant stands in single quotes, where two
/// quotes mean one, or as it is up to the end.
/// </summary>
/// <param name="Column">The column, as the catalog has it.</param>
/// <param name="Operator">The operator.</param>
/// <param name="Constant">The constant, without its quotes.</param>
internal sealed record ConditionText(string Column, ComparisonOperator Operator, string Constant)
{
    private static readonly (string Word, ComparisonOperator Operator)[] s_operators =
    [
        ("<>", ComparisonOperator.NotEqual),
        ("!=", ComparisonOperator.NotEqual),
        ("<=", ComparisonOperator.LessOrEqual),
        (">=", ComparisonOperator.GreaterOrEqual),
        ("=", ComparisonOperator.Equal),
        ("<", ComparisonOperator.Less),
        (">", ComparisonOperator.Greater),
    ];

    /// <summary>Takes a condition apart.</summary>
    /// <param name="text">The condition.</param>
    /// <exception cref="CommandException">It is none; the message says why.</exception>
    public static ConditionText Parse(string text)
    {
        string rest = text.Trim();
        int end = ColumnEnd(rest);
        if (!QualifiedName.TryParsePart(rest[..end], out string column))
            throw Bad(text, "it begins with no name of a column");
        rest = rest[end..].TrimStart();
        (string word, ComparisonOperator comparison) =
            Array.Find(s_operators, known => rest.StartsWith(known.Word, StringComparison.Ordinal));
        if (word is null)
            throw Bad(text, "after the column comes one of = <> < <= > >=");
        return new ConditionText(column, comparison, ReadConstant(text, rest[word.Length..].Trim()));
    }

    private static int ColumnEnd(string text)
    {
        int position = 0;
        if (text.StartsWith('"'))
        {
            for (position = 1; position < text.Length; position++)
            {
                if (text[position] != '"')
                    continue;
                if (position + 1 == text.Length || text[position + 1] != '"')
                    return position + 1;
                position++;
            }

            return text.Length;
        }

        while (position < text.Length && !char.IsWhiteSpace(text[position]) && text[position] is not ('=' or '<' or '>'
            or '!' or '~' or '\''))
            position++;
        return position;
    }

    private static string ReadConstant(string text, string constant)
    {
        if (constant.Length == 0)
            throw Bad(text, "there is no constant; empty text is ''");
        if (constant[0] != '\'')
        {
            if (constant[0] is '=' or '<' or '>' or '!')
                throw Bad(text, "after the column comes one of = <> < <= > >=");
            return constant.Equals("null", StringComparison.OrdinalIgnoreCase)
                ? throw Bad(text, "a comparison with null never holds; the text is 'null', in quotes")
                : constant;
        }

        string inner = constant[1..];
        int end = 0;
        while (end < inner.Length && (inner[end] != '\'' || (end + 1 < inner.Length && inner[end + 1] == '\'')))
            end += inner[end] == '\'' ? 2 : 1;
        if (end != inner.Length - 1)
            throw Bad(text, end >= inner.Length ? "a quote is not closed" : "something follows the constant");
        return inner[..end].Replace("''", "'", StringComparison.Ordinal);
    }

    private static CommandException Bad(string text, string reason) =>
        new($"--where '{text}' is no condition: {reason}.");
}
