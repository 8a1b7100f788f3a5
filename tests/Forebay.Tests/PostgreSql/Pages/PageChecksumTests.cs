using Forebay.PostgreSql.Clusters;
using Forebay.PostgreSql.Pages;

namespace Forebay.Tests.PostgreSql.Pages;

public sealed class PageChecksumTests(ClusterFixture cluster)
{
    private const int Seed = 20231;
    private const int PageSize = PageChecksum.PageSize;

    public static TheoryData<string> Widths => ["128", "256", "512"];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Fold_RandomPages_EqualsScalar(string width)
    {
        var random = new Random(Seed);
        byte[] page = new byte[PageSize];
        for (int round = 0; round < 500; round++)
        {
            random.NextBytes(page);
            Assert.True(
                ChecksumKernels.FoldScalar(page) == Fold(width, page), $"seed {Seed}, page {round}: {width} differs");
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Fold_OneWordChanged_EqualsScalarAndDiffersFromBefore(string width)
    {
        byte[] page = new byte[PageSize];
        new Random(Seed).NextBytes(page);
        uint before = Fold(width, page);
        for (int word = 0; word < PageSize / 4; word++)
        {
            // The third byte of a word is never part of the stored checksum.
            page[(word * 4) + 2] ^= 0x10;
            Assert.NotEqual(before, Fold(width, page));
            Assert.Equal(ChecksumKernels.FoldScalar(page), Fold(width, page));
            page[(word * 4) + 2] ^= 0x10;
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    [InlineData("scalar")]
    public void Fold_AnyStoredChecksum_IsLeftOut(string width)
    {
        byte[] page = new byte[PageSize];
        new Random(Seed).NextBytes(page);
        page[8] = page[9] = 0;
        uint expected = Fold(width, page);
        foreach (ushort stored in new ushort[] { 1, 0x00FF, 0xFF00, 0x8000, 0xFFFF })
        {
            BitConverter.TryWriteBytes(page.AsSpan(8), stored);
            Assert.Equal(expected, Fold(width, page));
        }

        page[10] ^= 1;
        Assert.NotEqual(expected, Fold(width, page));
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Fold_UnalignedPage_EqualsScalar(string width)
    {
        byte[] buffer = new byte[PageSize + 64];
        new Random(Seed).NextBytes(buffer);
        for (int shift = 0; shift < 64; shift++)
        {
            ReadOnlySpan<byte> page = buffer.AsSpan(shift, PageSize);
            Assert.Equal(ChecksumKernels.FoldScalar(page.ToArray()), Fold(width, page));
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    [InlineData("scalar")]
    public void Fold_RealPages_GivesStoredChecksum(string width)
    {
        RelationFile file = RelationFile.Find(Path.Combine(cluster.DataDirectory, "base/5/16387"));
        byte[] content = File.ReadAllBytes(file.Path);
        Assert.Equal(334, content.Length / PageSize);
        for (uint block = 0; block < content.Length / PageSize; block++)
        {
            ReadOnlySpan<byte> page = content.AsSpan((int)block * PageSize, PageSize);
            Assert.Equal(PageChecksum.Stored(page), PageChecksum.Reduce(Fold(width, page), block));
        }
    }

    [Fact]
    public void Compute_RandomPages_EqualsScalar()
    {
        var random = new Random(Seed);
        byte[] page = new byte[PageSize];
        for (int round = 0; round < 200; round++)
        {
            random.NextBytes(page);
            uint block = (uint)random.NextInt64(uint.MaxValue);
            ushort expected = PageChecksum.Reduce(ChecksumKernels.FoldScalar(page), block);
            Assert.True(expected == PageChecksum.Compute(page, block), $"seed {Seed}, page {round} differs");
        }
    }

    [Fact]
    public void Compute_AnyPage_LeavesItUntouched()
    {
        byte[] page = new byte[PageSize];
        new Random(Seed).NextBytes(page);
        byte[] before = [.. page];
        PageChecksum.Compute(page, 7);
        Assert.Equal(before, page);
    }

    [Theory]
    [InlineData(0u, 0u, 1)]
    [InlineData(65534u, 0u, 65535)]
    [InlineData(65535u, 0u, 1)]
    [InlineData(65535u, 65535u, 1)]
    [InlineData(0xFFFF_FFFFu, 0u, 1)]
    [InlineData(0xFFFF_FFFEu, 0u, 65535)]
    public void Reduce_EdgeValues_StaysWithin1To65535(uint folded, uint block, int expected) =>
        Assert.Equal(expected, PageChecksum.Reduce(folded, block));

    [Fact]
    public void Compute_AnotherBlock_Differs()
    {
        byte[] page = new byte[PageSize];
        new Random(Seed).NextBytes(page);
        Assert.NotEqual(PageChecksum.Compute(page, 1), PageChecksum.Compute(page, 2));
        Assert.NotEqual(PageChecksum.Compute(page, 1), PageChecksum.Compute(page, 131073));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4096)]
    [InlineData(8191)]
    [InlineData(8193)]
    public void Compute_WrongLength_Throws(int length)
    {
        var thrown = Assert.Throws<ArgumentException>("page", () => PageChecksum.Compute(new byte[length], 0));
        Assert.Contains($"the page has {length}", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compute_ManyPages_AllocatesNothing()
    {
        byte[] page = new byte[PageSize];
        uint sum = PageChecksum.Compute(page, 0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (uint block = 0; block < 10_000; block++)
            sum += PageChecksum.Compute(page, block);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.NotEqual(0u, sum);
    }

    private static uint Fold(string width, ReadOnlySpan<byte> page) => width switch
    {
        "scalar" => ChecksumKernels.FoldScalar(page),
        "128" => ChecksumKernels.Fold128(page),
        "256" => ChecksumKernels.Fold256(page),
        "512" => ChecksumKernels.Fold512(page),
        _ => throw new ArgumentOutOfRangeException(nameof(width)),
    };
}
