using Forebay.Tidy.Source;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Forebay.Tidy.Rules;

/// <summary>A test that does not run says why, in a sentence that the run prints.</summary>
internal sealed class SkipReasonRule : FileRule
{
    private const int ReasonCharactersMin = 12;

    protected override IEnumerable<Violation> Check(SourceFile file)
    {
        foreach (AttributeArgumentSyntax argument in file.Root.DescendantNodes().OfType<AttributeArgumentSyntax>())
        {
            if (argument.NameEquals?.Name.Identifier.Text == "Skip" && SaysNothing(argument.Expression))
                yield return file.At(argument, Advice("Skip"));
        }
        foreach (InvocationExpressionSyntax call in file.Root.DescendantNodes().OfType<InvocationExpressionSyntax>())
        {
            if (call.Expression is MemberAccessExpressionSyntax access && access.Expression.ToString() == "Assert"
                && access.Name.Identifier.Text is "Skip" or "SkipWhen" or "SkipUnless"
                && call.ArgumentList.Arguments is [.., var reason] && SaysNothing(reason.Expression))
                yield return file.At(call, Advice($"Assert.{access.Name}"));
        }
    }

    private static bool SaysNothing(ExpressionSyntax reason) =>
        reason is LiteralExpressionSyntax literal && literal.Token.ValueText.Trim().Length < ReasonCharactersMin;

    private static string Advice(string door) =>
        $"{door} without a reason: say what this machine lacks, or which issue brings the test back.";
}
