using Forebay.Engine;
using Forebay.Handles;
using Shared;

namespace Forebay.Conformance.Engine;

/// <summary>Bytes go where they belong.</summary>
public abstract partial class EngineSuite
{
    private const uint BadDescriptor = 9;
    private const uint InvalidArgument = 22;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_OneBlock_BringsItsBytes(bool direct)
    {
        using TestEngine engine = NewEngine();
        Assert.SkipWhen(direct && engine.File.DirectDescriptor < 0, "this file system has no direct I/O");
        using IoSession session = engine.OpenSession();
        IoReturn outcome = new();

        session.Wait(engine.Start(session, outcome, IoOperation.ReadVector, block: 5, [3], direct: direct));

        AssertOk(outcome, FrameBytes);
        Assert.True(engine.Holds(frame: 3, block: 5));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_ScatteredFrames_FillInFileOrder(bool direct)
    {
        using TestEngine engine = NewEngine();
        Assert.SkipWhen(direct && engine.File.DirectDescriptor < 0, "this file system has no direct I/O");
        using IoSession session = engine.OpenSession();
        IoReturn outcome = new();
        int[] frames = [9, 10, 4, 2, 3, 20, 1];

        session.Wait(engine.Start(session, outcome, IoOperation.ReadVector, block: 8, frames, direct: direct));

        AssertOk(outcome, frames.Length * FrameBytes);
        for (int i = 0; i < frames.Length; i++)
            Assert.True(engine.Holds(frames[i], 8 + i), $"block {8 + i} in frame {frames[i]}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Write_GatheredFrames_LandInFileOrder(bool direct)
    {
        using TestEngine engine = NewEngine();
        Assert.SkipWhen(direct && engine.File.DirectDescriptor < 0, "this file system has no direct I/O");
        using IoSession session = engine.OpenSession();
        IoReturn outcome = new();
        int[] frames = [7, 2, 3];
        byte[] expected = engine.File.Content();
        for (int i = 0; i < frames.Length; i++)
        {
            engine.Frame(frames[i]).Fill((byte)(0xA0 + i));
            expected.AsSpan((11 + i) * FrameBytes, FrameBytes).Fill((byte)(0xA0 + i));
        }

        session.Wait(engine.Start(session, outcome, IoOperation.WriteVector, block: 11, frames, direct: direct));

        AssertOk(outcome, frames.Length * FrameBytes);
        Assert.Equal(expected, engine.File.Content());
    }

    [Fact]
    public void Read_PartOfTheLastFrame_LeavesTheRestAlone()
    {
        using TestEngine engine = NewEngine();
        using IoSession session = engine.OpenSession();
        IoReturn outcome = new();
        engine.Frame(1).Fill(0xEE);
        int handle = TestEngine.Describe(session, outcome, [0, 1], [TransferCallback.Id]);
        IoWaitReference reference = session.Reference(handle);

        session.Start(handle, IoOperation.ReadVector, engine.Target.Lease(), 0, FrameBytes + 100);
        session.Wait(reference);

        AssertOk(outcome, FrameBytes + 100);
        Assert.True(engine.Holds(0, 0));
        Assert.Equal(TestFile.At(FrameBytes + 99), engine.Frame(1)[99]);
        Assert.Equal(-1, engine.Frame(1)[100..].IndexOfAnyExcept((byte)0xEE));
    }

    [Theory]
    [InlineData(TestEngine.FileFrames - 1, FrameBytes)]
    [InlineData(TestEngine.FileFrames, 0)]
    [InlineData(TestEngine.FileFrames + 5, 0)]
    public void Read_BeyondTheEnd_IsPartial(int block, int bytes)
    {
        using TestEngine engine = NewEngine();
        using IoSession session = engine.OpenSession();
        IoReturn outcome = new();

        session.Wait(engine.Start(session, outcome, IoOperation.ReadVector, block, [0, 1]));

        Assert.Equal(IoStatus.Partial, outcome.Result.Status);
        Assert.Equal(bytes, outcome.Result.Value);
    }

    [Theory]
    [InlineData(IoOperation.ReadVector)]
    [InlineData(IoOperation.WriteVector)]
    public void Transfer_DescriptorThatIsNotOpen_IsAnErrorAsAnyOther(IoOperation operation)
    {
        using TestEngine engine = NewEngine();
        using IoSession session = engine.OpenSession();
        IoReturn outcome = new();
        int handle = TestEngine.Describe(session, outcome, [0], [TransferCallback.Id]);
        IoWaitReference reference = session.Reference(handle);
        _ = engine.Target.Lease();

        session.Start(handle, operation, new FileLease(1 << 20, 0), 0, FrameBytes);
        session.Wait(reference);

        AssertError(outcome, BadDescriptor);
    }

    [Fact]
    public void Read_DirectAtAnUnalignedOffset_IsInvalid()
    {
        using TestEngine engine = NewEngine();
        Assert.SkipWhen(engine.File.DirectDescriptor < 0, "this file system has no direct I/O");
        using IoSession session = engine.OpenSession();
        IoReturn outcome = new();
        int handle = TestEngine.Describe(session, outcome, [0], [TransferCallback.Id]);
        IoWaitReference reference = session.Reference(handle);

        session.Start(handle, IoOperation.ReadVector, engine.Target.Lease(direct: true), 100, FrameBytes);
        session.Wait(reference);

        AssertError(outcome, InvalidArgument);
    }

    [Theory]
    [InlineData(IoOperation.SyncData)]
    [InlineData(IoOperation.Sync)]
    public void Sync_OpenFile_EndsWithZero(IoOperation operation)
    {
        using TestEngine engine = NewEngine();
        using IoSession session = engine.OpenSession();
        IoReturn outcome = new();
        int handle = session.Acquire(outcome);
        session.SetTarget(handle, TestTarget.Id, default);
        session.AddCallback(handle, TransferCallback.Id);
        IoWaitReference reference = session.Reference(handle);

        session.Start(handle, operation, engine.Target.Lease(), 0, 0);
        session.Wait(reference);

        AssertOk(outcome, 0);
    }
}
