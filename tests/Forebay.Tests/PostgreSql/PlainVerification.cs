using Forebay.Buffers;
using Forebay.PostgreSql.Clusters;
using Forebay.PostgreSql.Pages;

namespace Forebay.Tests.PostgreSql;

/// <summary>Verifies a data directory with plain file reads: what anything cleverer is compared with.</summary>
public sealed class PlainVerification
{
    private PlainVerification()
    {
    }

    public int FilesScanned { get; private set; }

    public long BlocksScanned { get; private set; }

    /// <summary>The bad pages, in order of file and block.</summary>
    public List<BadPage> BadPages { get; } = [];

    public static PlainVerification Of(string dataDirectory)
    {
        ControlFile controlFile = ControlFile.Read(dataDirectory);
        ClusterFiles files = ClusterFiles.Find(dataDirectory, controlFile);
        Assert.Empty(files.Problems);

        var result = new PlainVerification();
        foreach (RelationFile file in files.Files)
            result.Verify(dataDirectory, file, controlFile.SegmentBlocks);
        return result;
    }

    private void Verify(string dataDirectory, RelationFile file, uint segmentBlocks)
    {
        byte[] content = File.ReadAllBytes(Path.Combine(dataDirectory, file.Path));
        Assert.Equal(file.LengthBytes, content.Length);
        Assert.Equal(0, content.Length % PageChecksum.PageSize);
        FilesScanned++;
        for (int offset = 0; offset < content.Length; offset += PageChecksum.PageSize)
        {
            BlocksScanned++;
            ReadOnlySpan<byte> page = content.AsSpan(offset, PageChecksum.PageSize);
            if (new PageHeader(page).IsNew)
                continue;

            uint block = (uint)(offset / PageChecksum.PageSize);
            uint relationBlock = file.FirstBlock(segmentBlocks) + block;
            ushort calculated = PageChecksum.Compute(page, relationBlock);
            ushort stored = PageChecksum.Stored(page);
            PageVerdict expected = calculated == stored ? PageVerdict.Good : PageVerdict.ChecksumFailure;
            Assert.Equal(expected, PostgreSqlPageCheck.ChecksumOnly.Check(page, relationBlock));
            if (calculated != stored)
                BadPages.Add(new BadPage(file.Path, block, calculated, stored));
        }
    }
}
