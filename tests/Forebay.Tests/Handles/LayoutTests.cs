using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Forebay.Handles;
using Forebay.Memory;

namespace Forebay.Tests.Handles;

/// <summary>The shared format: sizes and offsets that two processes must agree on.</summary>
public sealed class LayoutTests
{
    [Fact]
    public void SizeOf_SharedRecords_IsTheFormat()
    {
        Assert.Equal(128, Unsafe.SizeOf<IoHandle>());
        Assert.Equal(12, Unsafe.SizeOf<IoResult>());
        Assert.Equal(16, Unsafe.SizeOf<IoWaitReference>());
        Assert.Equal(28, Unsafe.SizeOf<IoTargetData>());
        Assert.Equal(8, Unsafe.SizeOf<FileLease>());
        Assert.Equal(8, Unsafe.SizeOf<WaitWord>());
        Assert.Equal(4, Unsafe.SizeOf<FutexLock>());
        Assert.Equal(2 * IoCallbackList.Capacity, Unsafe.SizeOf<IoCallbackList>());
        Assert.Equal(8, Unsafe.SizeOf<IoHandleWord>());
        Assert.Equal(1, Unsafe.SizeOf<IoHandleState>());
        Assert.Equal(1, Unsafe.SizeOf<IoStatus>());
        Assert.Equal(1, Unsafe.SizeOf<IoOperation>());
        Assert.Equal(1, Unsafe.SizeOf<IoHandleFlags>());
    }

    [Theory]
    [InlineData("_word", 0)]
    [InlineData("_wait", 8)]
    [InlineData(nameof(IoHandle.Owner), 16)]
    [InlineData(nameof(IoHandle.Lane), 20)]
    [InlineData(nameof(IoHandle.RawResult), 24)]
    [InlineData(nameof(IoHandle.Distilled), 28)]
    [InlineData(nameof(IoHandle.Operation), 40)]
    [InlineData(nameof(IoHandle.TargetId), 41)]
    [InlineData(nameof(IoHandle.Flags), 42)]
    [InlineData(nameof(IoHandle.CallbackCount), 43)]
    [InlineData(nameof(IoHandle.Callbacks), 44)]
    [InlineData(nameof(IoHandle.Arena), 52)]
    [InlineData(nameof(IoHandle.FrameCount), 54)]
    [InlineData(nameof(IoHandle.DataLength), 55)]
    [InlineData(nameof(IoHandle.Retries), 56)]
    [InlineData(nameof(IoHandle.Next), 60)]
    [InlineData(nameof(IoHandle.Previous), 64)]
    [InlineData(nameof(IoHandle.QueueNext), 68)]
    [InlineData(nameof(IoHandle.Offset), 72)]
    [InlineData(nameof(IoHandle.SubmittedAt), 80)]
    [InlineData(nameof(IoHandle.File), 88)]
    [InlineData(nameof(IoHandle.Length), 96)]
    [InlineData(nameof(IoHandle.Target), 100)]
    public void OffsetOf_HandleField_IsTheFormat(string field, int offset) =>
        Assert.Equal(offset, (int)Marshal.OffsetOf<IoHandle>(field));

    [Fact]
    public void IoResult_RoundTrip_KeepsAllParts()
    {
        IoResult result = new(IoStatus.Warning, -7, 63, 0xFEDC_BA98);

        Assert.Equal(IoStatus.Warning, result.Status);
        Assert.Equal(-7, result.Value);
        Assert.Equal(63, result.CallbackId);
        Assert.Equal(0xFEDC_BA98, result.Detail);
        Assert.Equal(IoStatus.Unknown, default(IoResult).Status);
    }

    [Fact]
    public void IoWaitReference_ZeroedMemory_HoldsNone()
    {
        Assert.False(default(IoWaitReference).IsValid);
        Assert.True(IoWaitReference.To(0, 0).IsValid);
        Assert.Equal(0, IoWaitReference.To(0, 0).Index);
    }

    [Fact]
    public void FileLease_None_IsNotValid()
    {
        Assert.False(FileLease.None.IsValid);
        Assert.True(new FileLease(0, 0).IsValid);
    }
}
