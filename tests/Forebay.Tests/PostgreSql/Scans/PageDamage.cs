using System.Buffers.Binary;
using Forebay.PostgreSql.Pages;

namespace Forebay.Tests.PostgreSql.Scans;

/// <summary>
/// Changes pages of a copied cluster so that their checksums stay right: damage that only reading finds.
/// </summary>
public static class PageDamage
{
    public delegate void Change(Span<byte> page);

    public static void Apply(string path, uint block, Change change)
    {
        using FileStream file = File.Open(path, FileMode.Open, FileAccess.ReadWrite);
        byte[] page = new byte[PageChecksum.PageSize];
        file.Position = (long)block * page.Length;
        file.ReadExactly(page);
        change(page);
        BinaryPrimitives.WriteUInt16LittleEndian(
            page.AsSpan(PageChecksum.StoredOffset), PageChecksum.Compute(page, block));
        file.Position = (long)block * page.Length;
        file.Write(page);
    }
}
