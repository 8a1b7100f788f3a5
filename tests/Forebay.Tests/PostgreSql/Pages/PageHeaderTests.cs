using System.Buffers.Binary;
using Forebay.PostgreSql.Clusters;
using Forebay.PostgreSql.Pages;

namespace Forebay.Tests.PostgreSql.Pages;

public sealed class PageHeaderTests(ClusterFixture cluster)
{
    private const int PageSize = 8192;

    [Fact]
    public void Fields_KnownPage_AreReadFromTheirPlaces()
    {
        byte[] page = new byte[PageSize];
        string fields = "01000000EFCDAB90" + "3412" + "0500" + "1C00" + "001F" + "F01F" + "0420" + "D2040000";
        Convert.FromHexString(fields).CopyTo(page, 0);
        var header = new PageHeader(page);

        Assert.Equal(0x0000_0001_90AB_CDEFul, header.Lsn);
        Assert.Equal(0x1234, header.Checksum);
        Assert.Equal(PageHeaderBits.HasFreeLinePointers | PageHeaderBits.AllVisible, header.Flags);
        Assert.Equal(28, header.Lower);
        Assert.Equal(7936, header.Upper);
        Assert.Equal(8176, header.Special);
        Assert.Equal(8192, header.StatedPageSize);
        Assert.Equal(4, header.LayoutVersion);
        Assert.Equal(1234u, header.PruneTransaction);
        Assert.False(header.IsNew);
        Assert.Equal(PageHeaderFault.None, header.Inspect());
    }

    [Theory]
    [InlineData(0x0000, 24, 24, 8192, PageHeaderFault.None)]
    [InlineData(0x0007, 8192, 8192, 8192, PageHeaderFault.None)]
    [InlineData(0x0000, 0, 1, 8, PageHeaderFault.None)]
    [InlineData(0x0008, 24, 8192, 8192, PageHeaderFault.UnknownFlags)]
    [InlineData(0x8000, 24, 8192, 8192, PageHeaderFault.UnknownFlags)]
    [InlineData(0x0000, 25, 24, 8192, PageHeaderFault.LowerPastUpper)]
    [InlineData(0x0000, 24, 8184, 8176, PageHeaderFault.UpperPastSpecial)]
    [InlineData(0x0000, 24, 8192, 8200, PageHeaderFault.SpecialPastEnd)]
    [InlineData(0x0000, 24, 8000, 8188, PageHeaderFault.SpecialUnaligned)]
    public void Inspect_EachRule_GivesTheFirstOneBroken(
        int flags, int lower, int upper, int special, PageHeaderFault expected)
    {
        byte[] page = new byte[PageSize];
        BinaryPrimitives.WriteUInt16LittleEndian(page.AsSpan(10), (ushort)flags);
        BinaryPrimitives.WriteUInt16LittleEndian(page.AsSpan(12), (ushort)lower);
        BinaryPrimitives.WriteUInt16LittleEndian(page.AsSpan(14), (ushort)upper);
        BinaryPrimitives.WriteUInt16LittleEndian(page.AsSpan(16), (ushort)special);
        Assert.Equal(expected, new PageHeader(page).Inspect());
    }

    [Fact]
    public void IsNew_NoUpper_IsTrue()
    {
        byte[] page = new byte[PageSize];
        Assert.True(new PageHeader(page).IsNew);
        page[15] = 1;
        Assert.False(new PageHeader(page).IsNew);
    }

    [Fact]
    public void IsAllZero_OneBitAnywhere_IsFalse()
    {
        byte[] page = new byte[PageSize];
        Assert.True(PageHeader.IsAllZero(page));
        for (int offset = 0; offset < page.Length; offset++)
        {
            page[offset] = 0x80;
            Assert.False(PageHeader.IsAllZero(page));
            page[offset] = 0;
        }
    }

    [Fact]
    public void Constructor_ShorterThanHeader_Throws() =>
        Assert.Throws<ArgumentException>("page", () => _ = new PageHeader(new byte[PageHeader.Size - 1]).Lower);

    [Fact]
    public void Inspect_EveryPageOfTheCluster_IsSaneOrNew()
    {
        ControlFile controlFile = ControlFile.Read(cluster.DataDirectory);
        int pages = 0;
        foreach (RelationFile file in ClusterFiles.Find(cluster.DataDirectory, controlFile).Files)
        {
            byte[] content = File.ReadAllBytes(Path.Combine(cluster.DataDirectory, file.Path));
            for (int offset = 0; offset < content.Length; offset += PageSize)
            {
                ReadOnlySpan<byte> page = content.AsSpan(offset, PageSize);
                var header = new PageHeader(page);
                if (header.IsNew)
                {
                    Assert.True(PageHeader.IsAllZero(page));
                    continue;
                }

                pages++;
                Assert.Equal(PageHeaderFault.None, header.Inspect());
                Assert.Equal(PageSize, header.StatedPageSize);
                Assert.Equal(4, header.LayoutVersion);
            }
        }

        Assert.True(pages > 4000, $"only {pages} pages");
    }
}
