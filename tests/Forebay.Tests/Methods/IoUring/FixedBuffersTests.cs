using Forebay.Engine;
using Forebay.Handles;
using Forebay.Interop;
using Forebay.Interop.IoUring;
using Forebay.Methods.IoUring;
using Forebay.Tests.Interop.IoUring;
using Shared;

namespace Forebay.Tests.Methods.IoUring;

/// <summary>The pool's memory as several registered slabs, on the real kernel, and its refusal.</summary>
public class FixedBuffersTests
{
    private const int Seed = 99;

    /// <summary>
    /// Slabs of four frames and transfers of up to eight frames in any order: within one slab, over a border in one
    /// run of memory, in several slabs. The kernel refuses an address outside the buffer that a request names.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Transfers_OverSlabsOfAFewFrames_BringTheRightPages(int rings)
    {
        const int Slab = 4;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {Seed}");
        IoUringOptions options = new() { Rings = rings, SlabBytesMax = Slab * RingEngine.FrameBytes };
        using RingEngine engine = new(options, frames: 64);
        Assert.Null(engine.Method.Read().WhyNoFixedBuffers);
        using SessionSet sessions = new(engine, rings);
        Random random = new(Seed);
        for (int round = 0; round < 300; round++)
        {
            int[] frames = round % 3 == 0
                ? [.. Enumerable.Range(random.Next(64 - 8), random.Next(1, 9))]
                : [.. Enumerable.Range(0, 64).OrderBy(_ => random.Next()).Take(random.Next(1, 9))];
            int block = random.Next(TestEngine.FileFrames - 8);
            foreach (int frame in frames)
                engine.Test.Frame(frame).Clear();
            IoSession session = sessions[round % rings];
            IoReturn read = new();
            session.Wait(engine.Test.Start(session, read, IoOperation.ReadVector, block, frames));
            Assert.Equal(new IoResult(IoStatus.Ok, frames.Length * RingEngine.FrameBytes), read.Result);
            for (int i = 0; i < frames.Length; i++)
                Assert.True(engine.Test.Holds(frames[i], block + i), $"round {round}, frame {frames[i]}");

            // The same bytes back to where they came from: a write from a wrong place would spoil the file.
            IoReturn written = new();
            session.Wait(engine.Test.Start(session, written, IoOperation.WriteVector, block, frames));
            Assert.Equal(read.Result, written.Result);
        }

        byte[] content = engine.Test.File.Content();
        for (int at = 0; at < content.Length; at++)
            Assert.Equal(TestFile.At(at), content[at]);
    }

    /// <summary>
    /// Refused to the probe, to the first ring, to the second: plain everywhere, and the view says so.
    /// </summary>
    [Theory]
    [InlineData(1, (int)Errno.NotPermitted)]
    [InlineData(2, (int)Errno.NoMemory)]
    [InlineData(3, (int)Errno.NoMemory)]
    public void TryCreate_RegistrationRefused_RunsPlainAndSaysWhy(int refused, int errno)
    {
        int call = 0;
        RefusingKernel kernel = new()
        {
            // The probe clones as well: its clone is the second call that may be refused only by its own number.
            OnRegister = operation => operation is RingRegisterOperation.Buffers or RingRegisterOperation.CloneBuffers
                && NextIsRefused(operation) ? (Errno)errno : Errno.None,
        };
        using RingEngine engine = new(new IoUringOptions { Rings = 2 }, kernel);
        using IoSession session = engine.OpenSession();

        IoReturn outcome = new();
        session.Wait(engine.Test.Start(session, outcome, IoOperation.ReadVector, 3, [7, 9, 11]));

        IoUringReading reading = engine.Method.Read();
        Assert.Contains(ErrnoTable.Describe((Errno)errno), reading.WhyNoFixedBuffers, StringComparison.Ordinal);
        Assert.Equal(reading.WhyNoFixedBuffers, reading.WhyNoFixedScatter);
        Assert.Null(reading.WhyNoFixedFiles);
        Assert.Equal(new IoResult(IoStatus.Ok, 3 * RingEngine.FrameBytes), outcome.Result);
        Assert.True(engine.Test.Holds(7, 3) && engine.Test.Holds(9, 4) && engine.Test.Holds(11, 5));

        // What had been registered is given back: the probe's page, and the first ring's memory.
        int undone = kernel.Registrations.Count(static r => r == RingRegisterOperation.UnregisterBuffers);
        Assert.Equal(refused - 1, undone);

        // 1 = the probe's page, 2 = the first ring, 3 = the second ring, however it comes by the memory.
        bool NextIsRefused(RingRegisterOperation operation)
        {
            bool isProbesClone = call == 1 && operation == RingRegisterOperation.CloneBuffers;
            return !isProbesClone && ++call == refused;
        }
    }

    /// <summary>The real limit: an ordinary user's locked memory is too small for the pool.</summary>
    [Fact]
    public void TryCreate_OverTheLockedMemoryLimit_RunsPlainAndSaysWhy()
    {
        RingTesting.Create().Dispose();
        ulong limit = RingEvidence.Collect().LockedMemory.Soft;
        Assert.SkipWhen(limit > 64 << 20, "locked memory has no limit here, or one that is too high to reach");
        ThreadSandbox.Run(() =>
        {
            ThreadSandbox.DropLockedMemoryPrivilege();
            using RingEngine engine = new(
                new IoUringOptions { Rings = 1 }, frames: (int)(limit / RingEngine.FrameBytes) + 1);
            using IoSession session = engine.OpenSession();

            IoReturn outcome = new();
            session.Wait(engine.Test.StartRead(session, 3, 7, outcome));

            Assert.NotNull(engine.Method.Read().WhyNoFixedBuffers);
            Assert.Null(engine.Method.Read().WhyNoFixedFiles);
            Assert.Equal(IoStatus.Ok, outcome.Result.Status);
            Assert.True(engine.Test.Holds(7, 3));
        });
    }

    [Fact]
    public void TryCreate_SwitchedOff_RunsPlainAndSaysWhy()
    {
        RefusingKernel kernel = new();
        IoUringOptions options = new() { Rings = 1, RegisterBuffers = false, RegisterFiles = false };
        using RingEngine engine = new(options, kernel);
        using IoSession session = engine.OpenSession();

        session.Wait(engine.Test.StartRead(session, 3, 7));

        IoUringReading reading = engine.Method.Read();
        Assert.Equal("Switched off by the options.", reading.WhyNoFixedBuffers);
        Assert.Equal("Switched off by the options.", reading.WhyNoFixedScatter);
        Assert.Equal("Switched off by the options.", reading.WhyNoFixedFiles);
        Assert.True(engine.Test.Holds(7, 3));
    }
}
