using Forebay.Interop;
using Forebay.Interop.IoUring;

namespace Forebay.Tests.Interop.IoUring;

// The real kernel says no, to a thread that gave its rights away.
[Collection(nameof(RingAloneCollection))]
public class RingRealRefusalTests
{
    private const uint SetupCall = 425;
    private const uint RegisterCall = 427;

    [Theory]
    [InlineData((int)Errno.NotPermitted)]
    [InlineData((int)Errno.NotImplemented)]
    public void TryCreate_UnderASeccompFilter_NamesTheFilter(int errno)
    {
        RingTesting.Create().Dispose();
        ThreadSandbox.Run(() =>
        {
            ThreadSandbox.ForbidCall(SetupCall, (Errno)errno);
            Assert.False(Ring.TryCreate(new RingOptions(), out _, out RingRefusal? refusal));
            Assert.Equal(RingRefusalCause.Seccomp, refusal.Cause);
            Assert.Equal((Errno)errno, refusal.Errno);
            Assert.False(RingProbe.Run().IsUsable);
        });

        // Only that thread was filtered.
        RingTesting.Create().Dispose();
    }

    [Fact]
    public void Run_RegistrationsForbidden_IsUsableAndSaysWhatIsMissing()
    {
        RingTesting.Create().Dispose();
        ThreadSandbox.Run(() =>
        {
            ThreadSandbox.ForbidCall(RegisterCall, Errno.NotPermitted);
            RingProbe probe = RingProbe.Run();
            Assert.True(probe.IsUsable);
            Assert.False(probe.RegistersBuffers);
            Assert.False(probe.RegistersFiles);
            Assert.False(probe.TransfersVectorsFixed);
            Assert.Equal(-(int)Errno.NotPermitted, probe.BufferRegistration);
            Assert.Equal(-(int)Errno.NotPermitted, probe.FileTableRegistration);
            Assert.False(probe.Supports(RingOperation.Read));
            using Ring ring = RingTesting.Create();
            Assert.True(ring.TryGetEntry(out SubmissionEntry entry));
            entry.PrepareNop(1);
            Assert.Single(RingTesting.SubmitAndDrain(ring, 1));
        });
    }

    [Fact]
    public void RegisterBuffers_OverTheLockedMemoryLimit_AnswersNoMemoryAndTheRingWorksOn()
    {
        RingTesting.Create().Dispose();
        ulong limit = RingEvidence.Collect().LockedMemory.Soft;
        Assert.SkipWhen(limit > 1 << 30, "locked memory has no limit here, or one that is too high to reach");
        ThreadSandbox.Run(() =>
        {
            ThreadSandbox.DropLockedMemoryPrivilege();
            using RingMemory memory = new((int)limit + 4096);
            using Ring ring = RingTesting.Create();
            Assert.Equal(-(int)Errno.NoMemory, ring.RegisterBuffers([memory.Vector]));
            Assert.True(ring.TryGetEntry(out SubmissionEntry entry));
            entry.PrepareNop(1);
            Assert.Single(RingTesting.SubmitAndDrain(ring, 1));
        });
    }

    [Fact]
    public void TryCreate_RingsOverTheLockedMemoryLimit_NamesTheLimit()
    {
        RingTesting.Create().Dispose();
        ulong limit = RingEvidence.Collect().LockedMemory.Soft;
        Assert.SkipWhen(limit > 64 << 20, "locked memory has no limit here, or one that is too high to reach");
        ThreadSandbox.Run(() =>
        {
            ThreadSandbox.DropLockedMemoryPrivilege();
            RingOptions large = new() { Entries = 16384, InFlightMax = RingOptions.InFlightLimit, VectorsPerEntry = 0 };
            List<Ring> rings = [];
            try
            {
                RingRefusal? refusal = null;
                while (refusal is null && rings.Count < 64)
                {
                    if (Ring.TryCreate(large, out Ring? ring, out refusal))
                        rings.Add(ring);
                }

                Assert.SkipWhen(refusal is null, "this kernel does not charge ring memory to the limit");
                Assert.Equal(RingRefusalCause.LockedMemoryLimit, refusal!.Cause);
                Assert.Contains($"{limit}", refusal.Reason, StringComparison.Ordinal);
            }
            finally
            {
                rings.ForEach(ring => ring.Dispose());
            }
        });
    }

    [Fact]
    public void TryCreate_NoDescriptorLeft_NamesTheLimit()
    {
        RingTesting.Create().Dispose();
        ulong limit = RingEvidence.Collect().OpenFiles.Soft;
        Assert.SkipWhen(limit > 2_000_000, "the limit on open files is too high to reach");

        // The same path once before: what it needs loaded must not ask for a descriptor then.
        ScriptedKernel rehearsal = new() { SetupErrno = Errno.TooManyFiles };
        Assert.False(Ring.TryCreate(rehearsal, new RingOptions(), null, out _, out RingRefusal? rehearsed));
        Assert.Equal(RingRefusalCause.FileLimit, rehearsed.Cause);
        ThreadSandbox.Run(() =>
        {
            ThreadSandbox.UseUpDescriptors();
            bool granted = Ring.TryCreate(new RingOptions(), out _, out RingRefusal? refusal);
            Assert.False(granted);
            Assert.Equal(RingRefusalCause.FileLimit, refusal!.Cause);
            Assert.Equal(Errno.TooManyFiles, refusal.Errno);
            Assert.Contains($"{limit}", refusal.Reason, StringComparison.Ordinal);
        });
    }
}
