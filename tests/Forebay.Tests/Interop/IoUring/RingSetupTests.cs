using Forebay.Interop;
using Forebay.Interop.IoUring;

namespace Forebay.Tests.Interop.IoUring;

public class RingSetupTests
{
    private const RingSetupFlags Sized = RingSetupFlags.Clamp | RingSetupFlags.CompletionSize;
    private const RingSetupFlags NotForShared = RingSetupFlags.SingleIssuer | RingSetupFlags.DeferTaskRun
        | RingSetupFlags.CooperativeTaskRun | RingSetupFlags.TaskRunFlag;

    [Fact]
    public void TryCreate_Shared_NeverAsksForAFlagThatTiesCompletionsToAThread()
    {
        ScriptedKernel kernel = new() { UnknownFlags = (RingSetupFlags)uint.MaxValue };
        using Ring ring = RingTesting.Create(new RingOptions(), kernel);
        Assert.Equal(
            [
                Sized | RingSetupFlags.SubmitAll | RingSetupFlags.NoIndexArray,
                Sized | RingSetupFlags.SubmitAll,
                Sized,
                RingSetupFlags.None,
            ],
            kernel.Asked);
        Assert.All(kernel.Asked, asked => Assert.Equal(RingSetupFlags.None, asked & NotForShared));
    }

    [Fact]
    public void TryCreate_Owned_DropsTheNewestFirst()
    {
        ScriptedKernel kernel = new() { UnknownFlags = (RingSetupFlags)uint.MaxValue };
        using Ring ring = RingTesting.Create(new RingOptions { Threading = RingThreading.Owned }, kernel);
        RingSetupFlags base518 = Sized | RingSetupFlags.SubmitAll;
        Assert.Equal(
            [
                base518 | RingSetupFlags.SingleIssuer | RingSetupFlags.DeferTaskRun | RingSetupFlags.NoIndexArray,
                base518 | RingSetupFlags.SingleIssuer | RingSetupFlags.DeferTaskRun,
                base518 | RingSetupFlags.SingleIssuer,
                base518,
                Sized,
                RingSetupFlags.None,
            ],
            kernel.Asked);
    }

    [Theory]
    [InlineData((uint)RingSetupFlags.NoIndexArray)]
    [InlineData((uint)(RingSetupFlags.NoIndexArray | RingSetupFlags.SubmitAll))]
    [InlineData(uint.MaxValue)]
    public void TryCreate_OlderKernel_WorksWithTheFlagsThatAreLeft(uint unknown)
    {
        ScriptedKernel kernel = new() { UnknownFlags = (RingSetupFlags)unknown };
        using Ring ring = RingTesting.Create(new RingOptions { Entries = 8, InFlightMax = 100 }, kernel);
        Assert.Equal(RingSetupFlags.None, ring.SetupFlags & (RingSetupFlags)unknown);
        Assert.True(ring.SubmissionCapacity >= 8);
        Assert.True(ring.CompletionCapacity >= 100);
        ulong next = 0;
        for (int round = 0; round < 50; round++)
        {
            while (ring.PendingCount < 5 && ring.TryGetEntry(out SubmissionEntry entry))
                entry.PrepareNop(next++);
            Completion[] completions = RingTesting.SubmitAndDrain(ring, 5);
            Assert.Equal(next - 5, completions[0].UserData);
            Assert.Equal(next - 1, completions[4].UserData);
        }
    }

    [Fact]
    public void TryCreate_RefusedForAnotherReason_DoesNotTryPoorerFlags()
    {
        ScriptedKernel kernel = new() { SetupErrno = Errno.NotPermitted };
        Assert.False(Ring.TryCreate(kernel, new RingOptions(), null, out Ring? ring, out RingRefusal? refusal));
        Assert.Null(ring);
        Assert.Equal(Errno.NotPermitted, refusal.Errno);
        Assert.Single(kernel.Asked);
    }

    [Fact]
    public void TryCreate_EveryFlagSetInvalid_IsRefusedWithTheErrno()
    {
        ScriptedKernel kernel = new() { SetupErrno = Errno.InvalidArgument };
        Assert.False(Ring.TryCreate(kernel, new RingOptions(), null, out _, out RingRefusal? refusal));
        Assert.Equal(RingRefusalCause.Other, refusal.Cause);
        Assert.Equal(Errno.InvalidArgument, refusal.Errno);
        Assert.Equal(4, kernel.Asked.Count);
    }

    [Theory]
    [InlineData((uint)RingFeatures.SubmitStable)]
    [InlineData((uint)(RingFeatures.ExtendedArgument | RingFeatures.NoDrop))]
    public void TryCreate_FeatureMissing_IsTooOldAndNamesIt(uint hidden)
    {
        RingTesting.Create().Dispose();
        ScriptedKernel kernel = new() { HiddenFeatures = (RingFeatures)hidden };
        Assert.False(Ring.TryCreate(kernel, new RingOptions(), null, out _, out RingRefusal? refusal));
        Assert.Equal(RingRefusalCause.KernelTooOld, refusal.Cause);
        Assert.Contains(((RingFeatures)hidden).ToString(), refusal.Reason, StringComparison.Ordinal);
        Assert.Contains("5.15", refusal.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void TryCreate_OddSizes_AreRoundedUp()
    {
        using Ring ring = RingTesting.Create(new RingOptions { Entries = 33, InFlightMax = 40 });
        Assert.Equal(64, ring.SubmissionCapacity);
        Assert.Equal(64, ring.CompletionCapacity);
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(RingOptions.EntriesMax + 1, 1, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(1, RingOptions.InFlightLimit + 1, 1)]
    [InlineData(1, 1, -1)]
    [InlineData(1, 1, RingOptions.VectorsLimit + 1)]
    public void TryCreate_SizeOutOfRange_Throws(int entries, int inFlight, int vectors)
    {
        RingOptions options = new() { Entries = entries, InFlightMax = inFlight, VectorsPerEntry = vectors };
        Assert.Throws<ArgumentOutOfRangeException>(() => Ring.TryCreate(options, out _, out _));
    }

    [Fact]
    public void TryCreate_LargestSizes_AreGranted()
    {
        using Ring ring = RingTesting.Create(new RingOptions
        {
            Entries = 4096,
            InFlightMax = RingOptions.InFlightLimit,
            VectorsPerEntry = RingOptions.VectorsLimit,
        });
        Assert.Equal(4096, ring.SubmissionCapacity);
        Assert.Equal(RingOptions.InFlightLimit, ring.CompletionCapacity);
    }

    [Fact]
    public void Enable_OwnedRingCreatedElsewhere_BelongsToTheThreadThatEnables()
    {
        RingOptions options = new() { Threading = RingThreading.Owned, StartDisabled = true };
        using Ring ring = RingTesting.Create(options);
        Assert.SkipUnless((ring.SetupFlags & RingSetupFlags.DeferTaskRun) != 0, "this kernel has no DEFER_TASKRUN");
        Assert.True(ring.TryGetEntry(out SubmissionEntry entry));
        entry.PrepareNop(5);
        Assert.Equal(-77, ring.Submit());   // EBADFD: not enabled yet

        int submitted = 0;
        Completion completion = default;
        Thread owner = new(() =>
        {
            int enabled = ring.Enable();
            int registered = ring.RegisterRingDescriptor();
            submitted = enabled == 0 && registered == 0 ? ring.SubmitAndWait(1, RingTesting.Patience) : enabled;
            ring.TryTakeCompletion(out completion);
            ring.UnregisterRingDescriptor();
        });
        owner.Start();
        owner.Join();
        Assert.Equal(1, submitted);
        Assert.Equal(5ul, completion.UserData);

        // It is not ours: the kernel says so, and nothing is lost by asking.
        Assert.True(ring.TryGetEntry(out SubmissionEntry stray));
        stray.PrepareNop(6);
        Assert.Equal(-(int)Errno.Exists, ring.Submit());
        Assert.Equal(1, ring.PendingCount);
    }

    [Fact]
    public void RegisterRingDescriptor_SharedRing_IsRefused()
    {
        using Ring ring = RingTesting.Create();
        Assert.Equal(-(int)Errno.InvalidArgument, ring.RegisterRingDescriptor());
    }
}
