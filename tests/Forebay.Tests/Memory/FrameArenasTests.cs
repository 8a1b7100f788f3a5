using Forebay.Interop;
using Forebay.Memory;
using Forebay.Primitives;

namespace Forebay.Tests.Memory;

public sealed class FrameArenasTests
{
    private const int FrameBytes = 4096;
    private const nint Base = 0x10_0000;

    private readonly FrameArenas _arenas = new();

    public FrameArenasTests() => _arenas.SetPool(new FrameArena(Base, FrameBytes, 8));

    [Theory]
    [InlineData(new[] { 3 }, 0, 4096, new[] { 3 * 4096, 4096 })]
    [InlineData(new[] { 3, 4, 5 }, 0, 3 * 4096, new[] { 3 * 4096, 3 * 4096 })]
    [InlineData(new[] { 3, 5 }, 0, 2 * 4096, new[] { 3 * 4096, 4096, 5 * 4096, 4096 })]
    [InlineData(new[] { 5, 4 }, 0, 2 * 4096, new[] { 5 * 4096, 4096, 4 * 4096, 4096 })]
    [InlineData(new[] { 3, 4, 7 }, 0, 2 * 4096 + 10, new[] { 3 * 4096, 2 * 4096, 7 * 4096, 10 })]
    [InlineData(new[] { 3, 4, 7 }, 100, 50, new[] { 3 * 4096 + 100, 50 })]
    [InlineData(new[] { 3, 4, 7 }, 4096 + 100, 4096, new[] { 4 * 4096 + 100, 3996, 7 * 4096, 100 })]
    [InlineData(new[] { 3 }, 0, 0, new int[0])]
    public void FillVectors_FramesInFileOrder_MergesNeighbours(int[] frames, int skip, int length, int[] expected)
    {
        IoVector[] vectors = new IoVector[frames.Length];

        int count = _arenas.FillVectors(FrameArenas.Pool, frames, skip, length, vectors);

        Assert.Equal(expected.Length / 2, count);
        for (int i = 0; i < count; i++)
            Assert.Equal(new IoVector(Base + expected[2 * i], (nuint)expected[2 * i + 1]), vectors[i]);
    }

    [Fact]
    public void FillVectors_LongerThanItsFrames_EndsTheProcess()
    {
        using Invariant.TestScope scope = Invariant.ThrowOnThisThread();

        Assert.Equal("I-02: a transfer is longer than its frames", Assert.Throws<InvariantException>(
            () => _arenas.FillVectors(FrameArenas.Pool, [1], 1, FrameBytes, new IoVector[1])).Message);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(8)]
    public void FrameOutside_WhereverItIsUsed_EndsTheProcess(int frame)
    {
        using Invariant.TestScope scope = Invariant.ThrowOnThisThread();

        Assert.StartsWith("I-02: a frame number lies outside its arena", Assert.Throws<InvariantException>(
            () => _arenas.FillVectors(FrameArenas.Pool, [frame], 0, 1, new IoVector[1])).Message);
        Assert.StartsWith("I-02: ", Assert.Throws<InvariantException>(
            () => { _arenas.Frame(FrameArenas.Pool, frame); }).Message);
        Assert.StartsWith("I-02: ", Assert.Throws<InvariantException>(
            () => _arenas.CheckFrames(FrameArenas.Pool, [0, frame])).Message);
        Assert.StartsWith("I-02: ", Assert.Throws<InvariantException>(
            () => _arenas.CheckFrames(ushort.MaxValue, [0])).Message);
    }

    [Fact]
    public void Add_UntilAllIdsAreUsed_ThenThrowsAndARemovedIdComesBack()
    {
        FrameArena arena = new(Base, FrameBytes, 1);
        for (int id = 1; id < FrameArenas.ArenasMax; id++)
            Assert.Equal(id, _arenas.Add(arena));

        Assert.Equal("All 4096 frame arenas are in use.",
            Assert.Throws<InvalidOperationException>(() => _arenas.Add(arena)).Message);
        _arenas.Remove(77);

        Assert.False(_arenas[77].IsValid);
        Assert.Equal(77, _arenas.Add(arena));
        Assert.True(_arenas[77].IsValid);
        Assert.False(_arenas[ushort.MaxValue].IsValid);
    }
}
