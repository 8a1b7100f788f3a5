using Forebay.PostgreSql.Pages;

namespace Forebay.Tool.Verifying;

/// <summary>What is wrong with a page.</summary>
internal static class PageFinding
{
    /// <summary>Compares a page's checksum with its content.</summary>
    /// <param name="input">The file.</param>
    /// <param name="block">The block within the file.</param>
    /// <param name="page">The page.</param>
    /// <returns>Null if they agree, or the page is new and has none.</returns>
    public static VerifyReport.BadPage? Of(VerifyInput input, uint block, ReadOnlySpan<byte> page)
    {
        if (new PageHeader(page).IsNew)
            return null;
        ushort calculated = PageChecksum.Compute(page, unchecked(input.FirstBlock + block));
        ushort stored = PageChecksum.Stored(page);
        return calculated == stored ? null : new VerifyReport.BadPage(input.Name, block, calculated, stored);
    }
}
