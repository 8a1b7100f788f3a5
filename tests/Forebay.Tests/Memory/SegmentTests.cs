using Forebay.Memory;
using Forebay.Primitives;

namespace Forebay.Tests.Memory;

public sealed class SegmentTests
{
    [Fact]
    public void Reserve_EachRegion_StartsOnItsAlignmentBehindTheOneBefore()
    {
        SegmentLayout layout = new();

        SegmentRegion<byte> first = layout.Reserve<byte>(3);
        SegmentRegion<long> second = layout.Reserve<long>(2);
        SegmentRegion<int> none = layout.Reserve<int>(0);
        SegmentRegion<byte> frames = layout.Reserve<byte>(8192, 4096);

        Assert.Equal((0, 3), (first.Offset, first.Count));
        Assert.Equal((128, 2), (second.Offset, second.Count));
        Assert.Equal((256, 0), (none.Offset, none.Count));
        Assert.Equal((4096, 8192), (frames.Offset, frames.Count));
        Assert.Equal(4096 + 8192, layout.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => layout.Reserve<int>(-1));
    }

    [Fact]
    public void Segment_Fresh_IsZeroedAndAligned()
    {
        SegmentLayout layout = new();
        layout.Reserve<byte>(1);
        SegmentRegion<long> region = layout.Reserve<long>(1000, 4096);
        using SharedSegment segment = new(layout, hugePages: true);
        SegmentArray<long> array = segment.Array(region);

        Assert.Equal(0, array.AddressOf(0) % 4096);
        Assert.Equal(0, (array.AddressOf(0) - 4096) % (2 << 20));
        Assert.Equal(1000, array.Length);
        Assert.Equal(0, array.Slice(0, 1000).IndexOfAnyExcept(0) + 1);
    }

    [Fact]
    public void Array_IndexOutside_Throws()
    {
        SegmentLayout layout = new();
        SegmentRegion<int> region = layout.Reserve<int>(4);
        using SharedSegment segment = new(layout, hugePages: false);
        SegmentArray<int> array = segment.Array(region);

        Assert.Throws<ArgumentOutOfRangeException>(() => array[-1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => array[4]);
        Assert.Throws<ArgumentOutOfRangeException>(() => array.AddressOf(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => { array.Slice(2, 3); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { array.Slice(5, 0); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { array.Slice(1, -1); });
        Assert.Throws<ArgumentOutOfRangeException>(() => default(SegmentArray<int>)[0]);
    }

    [Fact]
    public void Array_RegionOfALargerLayout_EndsTheProcess()
    {
        SegmentLayout small = new();
        small.Reserve<int>(4);
        SegmentLayout large = new();
        SegmentRegion<int> region = large.Reserve<int>(5);
        using SharedSegment segment = new(small, hugePages: false);
        using Invariant.TestScope scope = Invariant.ThrowOnThisThread();

        InvariantException broken = Assert.Throws<InvariantException>(() => segment.Array(region));

        Assert.Equal("I-16: a region lies outside its segment", broken.Message);
    }

    [Fact]
    public void Dispose_Twice_UnmapsOnce()
    {
        SegmentLayout layout = new();
        SegmentRegion<int> region = layout.Reserve<int>(4);
        SharedSegment segment = new(layout, hugePages: false);
        segment.Dispose();
        segment.Dispose();

        Assert.Throws<ObjectDisposedException>(() => segment.Array(region));
    }
}
