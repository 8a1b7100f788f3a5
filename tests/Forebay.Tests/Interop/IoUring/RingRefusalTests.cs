using Forebay.Interop;
using Forebay.Interop.IoUring;

namespace Forebay.Tests.Interop.IoUring;

public class RingRefusalTests
{
    private static readonly ResourceLimit s_eightMebibytes = new(8 << 20, 8 << 20);

    public static TheoryData<int, string, string, string> Cases => new()
    {
        { (int)Errno.NotImplemented, "", nameof(RingRefusalCause.MissingSystemCall), "CONFIG_IO_URING" },
        { (int)Errno.NotImplemented, "filter", nameof(RingRefusalCause.Seccomp), "seccomp" },
        { (int)Errno.NotImplemented, "sysctl=0", nameof(RingRefusalCause.Seccomp), "seccomp" },
        { (int)Errno.NotPermitted, "sysctl=2", nameof(RingRefusalCause.DisabledBySysctl), "io_uring_disabled=0" },
        { (int)Errno.NotPermitted, "sysctl=2 filter", nameof(RingRefusalCause.DisabledBySysctl), "io_uring_disabled" },
        { (int)Errno.NotPermitted, "sysctl=1 bound", nameof(RingRefusalCause.RestrictedBySysctl), "io_uring_group" },
        { (int)Errno.NotPermitted, "sysctl=1 bound group=44", nameof(RingRefusalCause.RestrictedBySysctl), "group 44" },
        { (int)Errno.NotPermitted, "sysctl=1 bound filter", nameof(RingRefusalCause.RestrictedBySysctl), "group" },
        { (int)Errno.NotPermitted, "sysctl=1 free filter", nameof(RingRefusalCause.Seccomp), "profile" },
        { (int)Errno.NotPermitted, "sysctl=0 filter", nameof(RingRefusalCause.Seccomp), "io_uring_enter" },
        { (int)Errno.AccessDenied, "filter", nameof(RingRefusalCause.Seccomp), "profile" },
        { (int)Errno.NotPermitted, "sysctl=0", nameof(RingRefusalCause.SecurityPolicy), "SELinux" },
        { (int)Errno.AccessDenied, "", nameof(RingRefusalCause.SecurityPolicy), "SELinux" },
        { (int)Errno.NoMemory, "memlock", nameof(RingRefusalCause.LockedMemoryLimit), "ulimit -l" },
        { (int)Errno.NoMemory, "", nameof(RingRefusalCause.OutOfMemory), "smaller rings" },
        { (int)Errno.TooManyFiles, "nofile", nameof(RingRefusalCause.FileLimit), "ulimit -n" },
        { (int)Errno.FileTableFull, "", nameof(RingRefusalCause.SystemFileLimit), "fs.file-max" },
        { (int)Errno.InvalidArgument, "", nameof(RingRefusalCause.Other), "io_method" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void TryCreate_RefusedBySetup_NamesTheCauseAndTheRemedy(
        int errno, string system, string cause, string inHint)
    {
        ScriptedKernel kernel = new() { SetupErrno = (Errno)errno };
        RingEvidence evidence = Evidence(system);
        Assert.False(Ring.TryCreate(kernel, new RingOptions(), evidence, out Ring? ring, out RingRefusal? refusal));
        Assert.Null(ring);
        Assert.Equal(Enum.Parse<RingRefusalCause>(cause), refusal.Cause);
        Assert.Equal((Errno)errno, refusal.Errno);
        Assert.Contains(inHint, refusal.Hint, StringComparison.Ordinal);
        Assert.EndsWith(".", refusal.Reason, StringComparison.Ordinal);
        Assert.Equal($"{refusal.Reason} {refusal.Hint}", refusal.ToString());
    }

    [Fact]
    public void Collect_OnThisSystem_KnowsItsLimitsAndTheThreadsFilter()
    {
        RingEvidence evidence = RingEvidence.Collect();
        Assert.True(evidence.OpenFiles.Soft > 0);
        Assert.True(evidence.OpenFiles.Soft <= evidence.OpenFiles.Hard);
        Assert.NotEmpty(evidence.KernelRelease);
        Assert.NotNull(evidence.SeccompMode);
        Assert.NotNull(evidence.PassesRestriction);
    }

    private static RingEvidence Evidence(string system)
    {
        string[] words = system.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new RingEvidence
        {
            DisabledSysctl = words.Contains("sysctl=0") ? 0 : words.Contains("sysctl=1") ? 1
                : words.Contains("sysctl=2") ? 2 : null,
            PassesRestriction = words.Contains("bound") ? false : words.Contains("free") ? true : null,
            AllowedGroup = words.Contains("group=44") ? 44 : null,
            SeccompMode = words.Contains("filter") ? 2 : 0,
            KernelRelease = "5.10.0",
            LockedMemory = words.Contains("memlock") ? s_eightMebibytes : Unlimited,
            OpenFiles = words.Contains("nofile") ? new ResourceLimit(1024, 4096) : Unlimited,
        };
    }

    private static ResourceLimit Unlimited => new(ResourceLimit.Unlimited, ResourceLimit.Unlimited);
}
