using System.Buffers.Binary;
using Forebay.Buffers;
using Forebay.PostgreSql.Pages;

namespace Forebay.Tests.PostgreSql.Pages;

public sealed class PostgreSqlPageCheckTests(ClusterFixture cluster)
{
    private const uint Block = 3;

    public static TheoryData<string> Names => ["postgresql", "postgresql-header", "postgresql-checksum"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Check_RealPage_IsGood(string name) =>
        Assert.Equal(PageVerdict.Good, Of(name).Check(RealPage(), Block));

    [Theory]
    [MemberData(nameof(Names))]
    public void Check_AllZeroPage_IsGood(string name) =>
        Assert.Equal(PageVerdict.Good, Of(name).Check(new byte[PageChecksum.PageSize], Block));

    [Theory]
    [InlineData("postgresql", PageVerdict.Damaged)]
    [InlineData("postgresql-header", PageVerdict.Damaged)]
    [InlineData("postgresql-checksum", PageVerdict.Good)]
    public void Check_NewPageNotAllZero_DependsOnHeaderRules(string name, PageVerdict expected)
    {
        byte[] page = new byte[PageChecksum.PageSize];
        page[5000] = 1;
        Assert.Equal(expected, Of(name).Check(page, Block));
    }

    [Theory]
    [InlineData("postgresql", PageVerdict.ChecksumFailure)]
    [InlineData("postgresql-header", PageVerdict.Good)]
    [InlineData("postgresql-checksum", PageVerdict.ChecksumFailure)]
    public void Check_ContentDamaged_IsAChecksumFailure(string name, PageVerdict expected)
    {
        byte[] page = RealPage();
        page[8000] ^= 1;
        Assert.Equal(expected, Of(name).Check(page, Block));
    }

    [Theory]
    [InlineData("postgresql", PageVerdict.Damaged)]
    [InlineData("postgresql-header", PageVerdict.Damaged)]
    [InlineData("postgresql-checksum", PageVerdict.ChecksumFailure)]
    public void Check_HeaderDamaged_IsDamagedBeforeItIsAChecksumFailure(string name, PageVerdict expected)
    {
        byte[] page = RealPage();
        page[11] |= 0x80;
        Assert.Equal(expected, Of(name).Check(page, Block));
    }

    [Theory]
    [InlineData("postgresql", PageVerdict.Damaged)]
    [InlineData("postgresql-header", PageVerdict.Damaged)]
    [InlineData("postgresql-checksum", PageVerdict.Good)]
    public void Check_HeaderWrongUnderARightChecksum_DependsOnHeaderRules(string name, PageVerdict expected)
    {
        byte[] page = RealPage();
        page[11] |= 0x80;
        PostgreSqlPageCheck.HeaderAndChecksum.Seal(page, Block);
        Assert.Equal(expected, Of(name).Check(page, Block));
    }

    [Theory]
    [InlineData("postgresql", PageVerdict.ChecksumFailure)]
    [InlineData("postgresql-header", PageVerdict.Good)]
    [InlineData("postgresql-checksum", PageVerdict.ChecksumFailure)]
    public void Check_PageOfAnotherBlock_IsAChecksumFailure(string name, PageVerdict expected) =>
        Assert.Equal(expected, Of(name).Check(RealPage(), Block + 131072));

    [Theory]
    [MemberData(nameof(Names))]
    public void Check_WrongLength_IsDamagedAndDoesNotThrow(string name)
    {
        foreach (int length in new[] { 0, 1, 23, 4096, 8191, 16384 })
            Assert.Equal(PageVerdict.Damaged, Of(name).Check(new byte[length], Block));
    }

    [Theory]
    [InlineData("postgresql", true)]
    [InlineData("postgresql-header", false)]
    [InlineData("postgresql-checksum", true)]
    public void Seal_ChangedPage_StoresTheChecksumWhereThereIsOne(string name, bool stores)
    {
        byte[] page = RealPage();
        page[8000] ^= 1;
        byte[] expected = [.. page];
        if (stores)
            BinaryPrimitives.WriteUInt16LittleEndian(expected.AsSpan(8), PageChecksum.Compute(page, Block));
        Of(name).Seal(page, Block);
        Assert.Equal(expected, page);
        Assert.Equal(PageVerdict.Good, Of(name).Check(page, Block));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Seal_NewPageOrWrongLength_ChangesNothing(string name)
    {
        foreach (int length in new[] { 0, 9, 4096, PageChecksum.PageSize })
        {
            byte[] page = new byte[length];
            Of(name).Seal(page, Block);
            Assert.True(PageHeader.IsAllZero(page));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Check_ManyPages_AllocatesNothing(string name)
    {
        PostgreSqlPageCheck check = Of(name);
        byte[] page = RealPage();
        byte[] zeros = new byte[PageChecksum.PageSize];
        int good = 0;
        for (int warm = 0; warm < 2; warm++)
            good += check.Check(page, Block) == PageVerdict.Good ? 1 : 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 1000; round++)
        {
            good += check.Check(page, Block) == PageVerdict.Good ? 1 : 0;
            good += check.Check(zeros, Block) == PageVerdict.Good ? 1 : 0;
            check.Seal(page, Block);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(2002, good);
    }

    private static PostgreSqlPageCheck Of(string name)
    {
        PostgreSqlPageCheck[] all =
            [PostgreSqlPageCheck.HeaderAndChecksum, PostgreSqlPageCheck.HeaderOnly, PostgreSqlPageCheck.ChecksumOnly];
        return all.Single(check => check.Name == name);
    }

    private byte[] RealPage()
    {
        byte[] content = File.ReadAllBytes(Path.Combine(cluster.DataDirectory, "base/5/16384"));
        return content.AsSpan((int)Block * PageChecksum.PageSize, PageChecksum.PageSize).ToArray();
    }
}
