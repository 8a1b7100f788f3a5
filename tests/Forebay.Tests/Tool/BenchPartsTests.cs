using Forebay.Buffers;
using Forebay.PostgreSql.Pages;
using Forebay.Tool.Benchmarks;

namespace Forebay.Tests.Tool;

/// <summary>What the benchmark is made of.</summary>
public sealed class BenchPartsTests
{
    private const int Seed = 7;

    [Fact]
    public void Blocks_Random_AreAllBlocksOnceAndNotInOrder()
    {
        uint[] order = Order(BenchPattern.Random, 1000, null);
        Assert.Equal(Enumerable.Range(0, 1000).Select(block => (uint)block), order.Order());
        Assert.NotEqual(order, order.Order());
        Assert.Equal(order, Order(BenchPattern.Random, 1000, null));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(3u)]
    [InlineData(4u)]
    [InlineData(5u)]
    [InlineData(12u)]
    [InlineData(13u)]
    [InlineData(14u)]
    [InlineData(1000u)]
    public void Blocks_Skip_AreEveryThirdRunOfFour(uint blocks)
    {
        IEnumerable<uint> expected = Enumerable.Range(0, (int)blocks)
            .Where(block => block / 4 % 3 == 0).Select(block => (uint)block);
        Assert.Equal(expected, Order(BenchPattern.Skip, blocks, null));
        SkipBlocks source = new(0, SkipBlocks.CountIn(blocks));
        List<uint> named = [];
        while (source.TryNext(out uint block))
            named.Add(block);
        Assert.Equal(expected, named);
    }

    [Theory]
    [InlineData(BenchPattern.Sequential)]
    [InlineData(BenchPattern.Random)]
    [InlineData(BenchPattern.Skip)]
    public void Blocks_Limited_AreTheFirstOfTheSameOrder(object pattern)
    {
        uint[] all = Order((BenchPattern)pattern, 500, null);
        Assert.Equal(all[..100], Order((BenchPattern)pattern, 500, 100));
        Assert.Equal(all, Order((BenchPattern)pattern, 500, 1_000_000));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(200)]
    public void Blocks_InParts_AreCutWithoutGapOrOverlap(int parts)
    {
        BenchBlocks blocks = BenchBlocks.Create(BenchPattern.Random, 100, null, Seed);
        Assert.Equal(0u, blocks.StartOf(0, parts));
        Assert.Equal(100u, blocks.StartOf(parts, parts));
        for (int part = 0; part < parts; part++)
            Assert.True(blocks.StartOf(part, parts) <= blocks.StartOf(part + 1, parts));
    }

    [Fact]
    public void Hash_AnyBitOfAPage_CountsAndSoDoesTheBlock()
    {
        byte[] page = new byte[BenchPages.PageBytes];
        BenchPages.Fill(page, 5, Seed);
        ulong hash = ContentHash.Of(page, 5);
        Assert.NotEqual(hash, ContentHash.Of(page, 6));
        for (int offset = 0; offset < page.Length; offset++)
        {
            page[offset] ^= 0x10;
            Assert.NotEqual(hash, ContentHash.Of(page, 5));
            page[offset] ^= 0x10;
        }

        Assert.Equal(hash, ContentHash.Of(page, 5));
    }

    [Fact]
    public void Hash_PagesExchanged_Counts()
    {
        byte[] first = new byte[BenchPages.PageBytes];
        byte[] second = new byte[BenchPages.PageBytes];
        BenchPages.Fill(first, 1, Seed);
        BenchPages.Fill(second, 2, Seed);
        Assert.NotEqual(
            unchecked(ContentHash.Of(first, 1) + ContentHash.Of(second, 2)),
            unchecked(ContentHash.Of(second, 1) + ContentHash.Of(first, 2)));
    }

    [Fact]
    public void Pages_AsMade_AreGoodAndTheirOwn()
    {
        byte[] page = new byte[BenchPages.PageBytes];
        HashSet<ulong> contents = [];
        for (uint block = 0; block < 100; block++)
        {
            BenchPages.Fill(page, block, Seed);
            Assert.Equal(PageVerdict.Good, PostgreSqlPageCheck.HeaderAndChecksum.Check(page, block));
            Assert.Equal(block, BitConverter.ToUInt64(page, PageHeader.Size));
            Assert.True(contents.Add(ContentHash.Of(page, 0)));
        }
    }

    private static uint[] Order(BenchPattern pattern, uint blocks, long? pagesMax)
    {
        BenchBlocks laidOut = BenchBlocks.Create(pattern, blocks, pagesMax, Seed);
        uint[] order = new uint[laidOut.Count];
        for (uint i = 0; i < order.Length; i++)
            order[i] = laidOut.At(i);
        if (pattern == BenchPattern.Random)
            Assert.Equal(order, laidOut.Slice(0, laidOut.Count).ToArray());
        return order;
    }
}
