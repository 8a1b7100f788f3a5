using Forebay.Engine;
using Forebay.Interop;
using Forebay.Interop.IoUring;
using Forebay.Memory;
using Forebay.Methods.IoUring;
using Forebay.Methods.Synchronous;
using Forebay.Tests.Interop.IoUring;
using Shared;

namespace Forebay.Tests.Methods.IoUring;

/// <summary>What the kernel grants less than asked for is used and shown; what it refuses is named.</summary>
public class SetupTests
{
    private const int Entries = 64;

    /// <summary>Rings of the full size do not fit the limit on locked memory: smaller ones do.</summary>
    [Theory]
    [InlineData(32)]
    [InlineData(8)]
    public void TryCreate_NoMemoryForTheSize_TakesSmallerRings(int fits)
    {
        RefusingKernel kernel = new() { OnSetup = entries => entries > fits ? Errno.NoMemory : Errno.None };
        using RingEngine engine = new(
            new IoUringOptions { Rings = 2, RingEntries = Entries }, kernel, concurrency: Entries);

        Assert.Equal(2, engine.Method.RingCount);
        Assert.Equal([fits, fits], [engine.Method.ReadRing(0).Entries, engine.Method.ReadRing(1).Entries]);
        Assert.Null(engine.Method.Read().WhyFewerRings);
        AssertWorks(engine);
    }

    [Theory]
    [InlineData((int)Errno.TooManyFiles, "file descriptor", "ulimit -n")]
    [InlineData((int)Errno.FileTableFull, "open file", "fs.file-max")]
    [InlineData((int)Errno.NoMemory, "", "smaller rings")]
    public void TryCreate_OneRingIsAllThereIs_TakesItAndSaysWhy(int errno, string cause, string hint)
    {
        bool isLimited = false;
        RefusingKernel kernel = new();
        kernel.OnSetup = entries =>
        {
            if (entries < Entries && !isLimited)
                return Errno.None; // the probe's
            if (isLimited)
                return (Errno)errno;
            isLimited = true;
            return Errno.None;
        };
        using RingEngine engine = new(
            new IoUringOptions { Rings = 3, RingEntries = Entries }, kernel, concurrency: Entries);

        Assert.Equal(1, engine.Method.RingCount);
        string why = engine.Method.Read().WhyFewerRings!;
        Assert.StartsWith("1 of 3: ", why, StringComparison.Ordinal);
        Assert.Contains(cause, why, StringComparison.Ordinal);
        Assert.Contains(hint, why, StringComparison.Ordinal);
        AssertWorks(engine);
    }

    /// <summary>To the probe, or to the first real ring: a refusal with its cause, and nothing is left open.</summary>
    [Theory]
    [InlineData((int)Errno.NotImplemented, false)]
    [InlineData((int)Errno.NotPermitted, false)]
    [InlineData((int)Errno.NoMemory, false)]
    [InlineData((int)Errno.TooManyFiles, false)]
    [InlineData((int)Errno.NoMemory, true)]
    [InlineData((int)Errno.TooManyFiles, true)]
    public void TryCreate_NotOneRing_IsARefusalWithItsCause(int errno, bool afterTheProbe)
    {
        RingTesting.Create().Dispose();
        RefusingKernel kernel = new()
        {
            OnSetup = entries => afterTheProbe && entries < 8 ? Errno.None : (Errno)errno,
        };

        RingRefusal refusal = Refused(kernel);

        Assert.Equal((Errno)errno, refusal.Errno);
        Assert.Equal(RingRefusal.Classify((Errno)errno, RingEvidence.Collect()), refusal);
        Assert.NotEmpty(refusal.Hint);
        Assert.Equal(afterTheProbe, kernel.Rings.Length > 0);
    }

    /// <summary>A ring that cannot tell of its completions would strand those who await.</summary>
    [Fact]
    public void TryCreate_EventDescriptorRefused_IsARefusal()
    {
        RingTesting.Create().Dispose();
        int call = 0;
        RefusingKernel kernel = new()
        {
            OnRegister = operation =>
                operation == RingRegisterOperation.EventFd && ++call == 2 ? Errno.NotPermitted : Errno.None,
        };

        Assert.Equal(Errno.NotPermitted, Refused(kernel, rings: 3).Errno);
    }

    [Fact]
    public void TryCreate_WorkersCannotBeLimited_WorksAllTheSame()
    {
        RefusingKernel kernel = new()
        {
            OnRegister = operation =>
                operation == RingRegisterOperation.WorkersMax ? Errno.InvalidArgument : Errno.None,
        };
        using RingEngine engine = new(new IoUringOptions { Rings = 1 }, kernel, concurrency: Entries);
        AssertWorks(engine);
    }

    private static void AssertWorks(RingEngine engine)
    {
        using IoSession session = engine.OpenSession();
        session.EnterBatch();
        for (int i = 0; i < 40 && i < Entries; i++)
            engine.Test.StartRead(session, i, i);
        session.ExitBatch();
        session.WaitForAll();
        Assert.All(Enumerable.Range(0, 40), i => Assert.True(engine.Test.Holds(i, i)));
    }

    private static RingRefusal Refused(IRingKernel kernel, int rings = 1)
    {
        RingRefusal? refusal = null;
        IoUringLayout? region = null;
        using TestEngine engine = new(
            (services, segment) =>
            {
                Assert.Null(IoUringMethod.TryCreate(
                    services, new IoUringOptions { Rings = rings }, segment, region!, [FrameArenas.Pool], kernel,
                    out refusal));
                return new SynchronousMethod();
            },
            layout => region = new IoUringLayout(layout));
        Assert.NotNull(refusal);
        return refusal;
    }
}
