using Forebay.PostgreSql.Pages;

namespace Forebay.Tests.PostgreSql;

/// <summary>The pages of a one-segment relation, read as a file.</summary>
public sealed class PlainTable(string dataDirectory, string relativePath)
{
    private readonly byte[] _content = File.ReadAllBytes(Path.Combine(dataDirectory, relativePath));

    public int Blocks => _content.Length / PageChecksum.PageSize;

    public Span<byte> Page(int block) => _content.AsSpan(block * PageChecksum.PageSize, PageChecksum.PageSize);
}
