using Forebay.Streams;

namespace Forebay.Tests.Streams;

/// <summary>The stock sources.</summary>
public sealed class BlockSourceTests
{
    [Fact]
    public void BlockRange_HalfOpen_NamesStartToBeforeEnd() => Assert.Equal([3u, 4, 5], Take(new BlockRange(3, 6)));

    [Fact]
    public void BlockRange_Empty_NamesNothing()
    {
        Assert.Empty(Take(new BlockRange(7, 7)));
        Assert.Empty(Take(default(BlockRange)));
    }

    [Fact]
    public void BlockRange_EndBeforeStart_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new BlockRange(5, 4));

    [Fact]
    public void Resolve_OpenEnd_BecomesTheForksSize()
    {
        Assert.Equal(new BlockRange(0, 9), BlockRange.All.Resolve(9));
        Assert.Equal(new BlockRange(5, 9), new BlockRange(5).Resolve(9));
        Assert.Empty(Take(new BlockRange(12).Resolve(9)));
        Assert.Equal(new BlockRange(1, 3), new BlockRange(1, 3).Resolve(2));
    }

    [Fact]
    public void BlockRange_LastBlocks_EndWithoutWrappingRound()
    {
        BlockRange range = new(uint.MaxValue - 2);

        Assert.Equal([uint.MaxValue - 2, uint.MaxValue - 1], Take(range));
    }

    [Fact]
    public void BlockSequence_RepeatsAndJumps_NamesThemInOrder()
    {
        Assert.Equal([4u, 4, 0, 9], Take(BlockSequence.From(4, 4, 0, 9)));
        Assert.Empty(Take(default(BlockSequence)));
        Assert.Equal([2u, 1], Take(new BlockSequence(new uint[] { 9, 2, 1, 9 }.AsMemory(1, 2))));
    }

    private static List<uint> Take<TSource>(TSource source)
        where TSource : struct, IBlockSource
    {
        List<uint> blocks = [];
        while (source.TryNext(out uint block))
            blocks.Add(block);
        Assert.False(source.TryNext(out _)); // the end stays the end
        return blocks;
    }
}
