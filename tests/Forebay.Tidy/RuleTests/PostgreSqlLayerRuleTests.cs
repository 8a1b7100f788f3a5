using Forebay.Tidy.Layers;

namespace Forebay.Tidy.RuleTests;

public sealed class PostgreSqlLayerRuleTests
{
    [Theory]
    [InlineData("using Forebay.PostgreSql.Catalog; class T { }", "Tuples may not use Catalog")]
    [InlineData("using static Forebay.PostgreSql.Types.ValueText; class T { }", "Tuples may not use Types")]
    [InlineData("class T { Visibility.TupleFate f; }", "Tuples may not use Visibility")]
    public void Check_LaterFolder_Fails(string source, string says) =>
        RuleCheck.Fails(new PostgreSqlLayerRule(), 1, says, ("src/Forebay.PostgreSql/Tuples/T.cs", source));

    [Theory]
    [InlineData("src/Forebay.PostgreSql/Tuples/T.cs", "using Forebay.PostgreSql.Pages; class T { Pages.ItemPage p; }")]
    [InlineData("src/Forebay.PostgreSql/Toast/T.cs", "using Forebay.PostgreSql.Catalog; class T { }")]
    [InlineData("tests/Forebay.Tests/T.cs", "using Forebay.PostgreSql.Toast; class T { }")]
    public void Check_EarlierFolderOrElsewhere_Passes(string path, string source) =>
        RuleCheck.Passes(new PostgreSqlLayerRule(), (path, source));

    [Fact]
    public void Check_UnknownFolder_Fails() => RuleCheck.Fails(
        new PostgreSqlLayerRule(), 1, "New/ has no place", ("src/Forebay.PostgreSql/New/T.cs", "class T { }"));
}
