using Forebay.PostgreSql.Catalog;

namespace Forebay.Tests.PostgreSql.Catalog;

public sealed class QualifiedNameTests
{
    [Theory]
    [InlineData("T", null, null, "t")]
    [InlineData("Public.Tab", null, "public", "tab")]
    [InlineData("db.s.t", "db", "s", "t")]
    [InlineData("\"A.b\".\"c\"\"D\"", null, "A.b", "c\"D")]
    [InlineData("ÄB", null, null, "Äb")]
    [InlineData("a0123456789012345678901234567890123456789012345678901234567890123456789", null, null,
        "a01234567890123456789012345678901234567890123456789012345678901")]
    public void TryParse_Name_FoldsAndQuotesAsSqlDoes(string text, string? database, string? schema, string name)
    {
        Assert.True(QualifiedName.TryParse(text, out QualifiedName? parsed));
        Assert.Equal(new QualifiedName(database, schema, name), parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.")]
    [InlineData(".a")]
    [InlineData("a..b")]
    [InlineData("a.b.c.d")]
    [InlineData("\"a")]
    [InlineData("\"\"")]
    [InlineData("\"a\"b")]
    [InlineData("a\"b\"")]
    public void TryParse_Malformed_IsRefused(string text) => Assert.False(QualifiedName.TryParse(text, out _));
}
