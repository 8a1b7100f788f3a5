using Forebay.Interop;
using Forebay.Tests.Interop.IoUring;

namespace Forebay.Tests.Methods.IoUring;

/// <summary>What a program sees where a container's profile forbids io_uring: a real filter on the real call.</summary>
public sealed class RefusedInstanceTests : IDisposable
{
    private const uint SetupCall = 425;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("forebay-refused-");

    [Theory]
    [InlineData((int)Errno.NotPermitted)]
    [InlineData((int)Errno.NotImplemented)]
    public void Open_ExplicitAndFiltered_FailsWithCauseAndRemedy(int errno)
    {
        ThreadSandbox.Run(() =>
        {
            ThreadSandbox.ForbidCall(SetupCall, (Errno)errno);

            IoMethodException refused = Assert.Throws<IoMethodException>(() => Open(IoMethod.IoUring));

            Assert.Equal(IoMethod.IoUring, refused.Method);
            Assert.Contains("seccomp", refused.Cause, StringComparison.Ordinal);
            Assert.Contains("io_uring_setup", refused.Hint, StringComparison.Ordinal);
            Assert.Contains(refused.Cause, refused.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Open_AutoAndFiltered_WorksWithWorkersAndSaysWhy()
    {
        ThreadSandbox.Run(() =>
        {
            ThreadSandbox.ForbidCall(SetupCall, Errno.NotPermitted);

            using ForebayInstance instance = Open(IoMethod.Auto);

            Assert.Equal((IoMethod.Auto, IoMethod.Worker), (instance.Method.Requested, instance.Method.Effective));
            Assert.Contains("seccomp", instance.Method.Reason, StringComparison.Ordinal);
            Assert.False(instance.Method.FixedBuffers || instance.Method.FixedFiles);
        });
    }

    /// <summary>Rings are permitted and registrations are not: that is no refusal, and the report tells.</summary>
    [Fact]
    public void Open_RegistrationFiltered_RunsPlainAndSaysWhy()
    {
        RingTesting.Create().Dispose();
        ulong limit = Forebay.Interop.IoUring.RingEvidence.Collect().LockedMemory.Soft;
        Assert.SkipWhen(limit > 64 << 20, "locked memory has no limit here, or one that is too high to reach");
        ThreadSandbox.Run(() =>
        {
            ThreadSandbox.DropLockedMemoryPrivilege();

            using ForebayInstance instance = Open(IoMethod.IoUring, poolBytes: (long)limit + (1 << 20));

            Assert.Equal(IoMethod.IoUring, instance.Method.Effective);
            Assert.False(instance.Method.FixedBuffers);
            Assert.True(instance.Method.FixedFiles);
            Assert.StartsWith("Buffers: The kernel refuses it", instance.Method.PlainReason, StringComparison.Ordinal);
        });
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private ForebayInstance Open(IoMethod method, long poolBytes = 1 << 20) => ForebayInstance.Open(
        _folder.FullName, new ForebayOptions { IoMethod = method, BufferPoolBytes = poolBytes });
}
