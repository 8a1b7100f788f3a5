using System.Globalization;
using Forebay.Interop;
using Forebay.Interop.IoUring;

namespace Forebay.Tests.Interop.IoUring;

[Collection(nameof(RingAloneCollection))]
public class RingLifetimeTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Dispose_AfterUse_LeavesNoDescriptorAndNoMapping(int threading)
    {
        RingOptions options = new() { Threading = (RingThreading)threading };
        (int descriptors, int mappings) = (Descriptors(), Mappings());
        Ring ring = RingTesting.Create(options);
        if (threading == (int)RingThreading.Owned)
            _ = ring.RegisterRingDescriptor();
        Assert.Equal(descriptors + 1, Descriptors());
        Assert.Equal(mappings + 2, Mappings());
        Assert.True(ring.TryGetEntry(out SubmissionEntry entry));
        entry.PrepareNop(1);
        Assert.Single(RingTesting.SubmitAndDrain(ring, 1));
        ring.Dispose();
        ring.Dispose();
        Assert.Equal(descriptors, Descriptors());
        Assert.Equal(mappings, Mappings());
    }

    [Fact]
    public void Dispose_OwnedRingsWithRegisteredDescriptors_GivesTheirPlacesBack()
    {
        // A thread has sixteen places for registered rings; one that stays taken keeps its ring alive.
        RingOptions options = new() { Threading = RingThreading.Owned };
        for (int i = 0; i < 40; i++)
        {
            using Ring ring = RingTesting.Create(options);
            int registered = ring.RegisterRingDescriptor();
            Assert.SkipWhen(registered == -(int)Errno.InvalidArgument, "this kernel registers no ring descriptors");
            Assert.Equal(0, registered);
        }
    }

    [Fact]
    public void Dispose_ManyRings_GivesTheVectorMemoryBack()
    {
        // Sixteen mebibytes of address space for vectors each.
        RingOptions options = new() { Entries = 1024, InFlightMax = 1024, VectorsPerEntry = 1024 };
        RingTesting.Create(options).Dispose();
        long before = AddressSpace();
        for (int i = 0; i < 100; i++)
            RingTesting.Create(options).Dispose();
        Assert.True(AddressSpace() - before < 400L << 20, "the vectors' memory is not unmapped");
    }

    [Fact]
    public void TryCreate_RefusedAfterSetup_LeavesNothingBehind()
    {
        RingTesting.Create().Dispose();
        (int descriptors, int mappings) = (Descriptors(), Mappings());
        ScriptedKernel kernel = new() { HiddenFeatures = RingFeatures.NoDrop };
        Assert.False(Ring.TryCreate(kernel, new RingOptions(), null, out _, out _));
        Assert.Equal(descriptors, Descriptors());
        Assert.Equal(mappings, Mappings());
    }

    [Fact]
    public void TryGetEntry_AfterDispose_FaultsInsteadOfWriting()
    {
        Ring ring = RingTesting.Create();
        ring.Dispose();
        Assert.Throws<NullReferenceException>(() => ring.TryGetEntry(out _));
        Assert.Throws<NullReferenceException>(() => ring.TryTakeCompletion(out _));
    }

    [Fact]
    public void Descriptor_OfARing_IsCloseOnExec()
    {
        using Ring ring = RingTesting.Create();
        string flags = File.ReadLines($"/proc/self/fdinfo/{ring.Descriptor}")
            .First(line => line.StartsWith("flags:", StringComparison.Ordinal));
        int value = Convert.ToInt32(flags["flags:".Length..].Trim(), 8);
        Assert.Equal(0x80000, value & 0x80000);
    }

    private static int Descriptors() =>
        Directory.EnumerateFileSystemEntries("/proc/self/fd")
            .Count(path => new FileInfo(path).LinkTarget?.Contains("io_uring", StringComparison.Ordinal) == true);

    private static int Mappings() =>
        File.ReadLines("/proc/self/maps").Count(line => line.Contains("io_uring", StringComparison.Ordinal));

    private static long AddressSpace() =>
        long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[0], CultureInfo.InvariantCulture)
            * Environment.SystemPageSize;
}
