using Forebay.Handles;
using Forebay.Memory;

namespace Forebay.Tests.Handles;

public sealed class IoHandleTableTests
{
    [Fact]
    public void Table_EachHandle_HasItsOwnRooms()
    {
        SegmentLayout layout = new();
        IoHandleTableLayout tableLayout = new(layout, sessions: 2, perSession: 3, combineMax: 4);
        using SharedSegment segment = new(layout, hugePages: false);
        IoHandleTable table = new(segment, tableLayout);

        Assert.Equal(6, table.Count);
        Assert.Equal(3, table.PerSession);
        Assert.Equal(4, table.CombineMax);
        for (int handle = 0; handle < table.Count; handle++)
        {
            table.FrameRoom(handle).Fill(handle);
            table.DataRoom(handle).Fill(-handle);
            table[handle].FrameCount = (byte)(handle % 5);
        }

        for (int handle = 0; handle < table.Count; handle++)
        {
            Assert.Equal(4, table.FrameRoom(handle).Length);
            Assert.Equal(handle % 5, table.Frames(handle).Length);
            Assert.All(table.FrameRoom(handle).ToArray(), frame => Assert.Equal(handle, frame));
            Assert.All(table.DataRoom(handle).ToArray(), word => Assert.Equal(-handle, word));
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(6)]
    public void Table_HandleOutside_Throws(int handle)
    {
        SegmentLayout layout = new();
        IoHandleTableLayout tableLayout = new(layout, sessions: 2, perSession: 3, combineMax: 4);
        using SharedSegment segment = new(layout, hugePages: false);
        IoHandleTable table = new(segment, tableLayout);

        Assert.Throws<ArgumentOutOfRangeException>(() => table[handle].State);
        Assert.Throws<ArgumentOutOfRangeException>(() => { table.FrameRoom(handle); });
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(1, 1, 0)]
    [InlineData(1, 1, IoHandleTableLayout.CombineLimit + 1)]
    public void Layout_SizeOutsideLimits_IsRefused(int sessions, int perSession, int combineMax) =>
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new IoHandleTableLayout(new SegmentLayout(), sessions, perSession, combineMax));
}
