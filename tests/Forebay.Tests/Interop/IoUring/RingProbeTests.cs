using Forebay.Interop;
using Forebay.Interop.IoUring;

namespace Forebay.Tests.Interop.IoUring;

public class RingProbeTests
{
    [Fact]
    public void Run_RealKernel_AgreesWithARealRing()
    {
        using Ring ring = RingTesting.Create();
        RingProbe probe = RingProbe.Run();
        Assert.True(probe.IsUsable);
        Assert.Null(probe.Refusal);
        Assert.Equal(ring.SetupFlags, probe.SharedFlags);
        Assert.Equal(ring.Features, probe.Features);
        Assert.True(probe.Supports(RingOperation.NoOperation));
        Assert.True(probe.Supports(RingOperation.ReadVector));
        Assert.True(probe.Supports(RingOperation.Write));
        Assert.False(probe.Supports((RingOperation)255));
        Assert.Equal(probe.RegistersBuffers, probe.FeatureNames.Contains("fixed_buffers"));
        Assert.Equal(probe.TransfersVectorsFixed, probe.FeatureNames.Contains("fixed_scatter"));
    }

    [Fact]
    public void Run_OlderKernel_ReportsOnlyWhatItGrants()
    {
        RingTesting.Create().Dispose();
        ScriptedKernel kernel = new()
        {
            UnknownFlags = RingSetupFlags.NoIndexArray | RingSetupFlags.DeferTaskRun | RingSetupFlags.SingleIssuer,
            RegisterErrno = operation =>
                operation == RingRegisterOperation.CloneBuffers ? Errno.InvalidArgument : Errno.None,
        };
        RingProbe probe = RingProbe.Run(kernel, RingEvidence.Collect());
        Assert.True(probe.IsUsable);
        Assert.Equal(RingSetupFlags.None, probe.SharedFlags & RingSetupFlags.NoIndexArray);
        Assert.Equal(RingSetupFlags.None, probe.OwnedFlags & RingSetupFlags.DeferTaskRun);
        Assert.False(probe.ClonesBuffers);
        Assert.DoesNotContain("fixed_buffer_cloning", probe.FeatureNames);
        Assert.DoesNotContain("deferred_completion", probe.FeatureNames);
    }

    [Fact]
    public void Run_Refused_SaysWhyAndPermitsNothing()
    {
        ScriptedKernel kernel = new() { SetupErrno = Errno.NotPermitted };
        RingProbe probe = RingProbe.Run(kernel, new RingEvidence { DisabledSysctl = 2 });
        Assert.False(probe.IsUsable);
        Assert.Equal(RingRefusalCause.DisabledBySysctl, probe.Refusal!.Cause);
        Assert.False(probe.RegistersBuffers);
        Assert.False(probe.RegistersFiles);
        Assert.False(probe.ClonesBuffers);
        Assert.False(probe.TransfersVectorsFixed);
        Assert.False(probe.Supports(RingOperation.NoOperation));
        Assert.Empty(probe.FeatureNames);
    }
}
