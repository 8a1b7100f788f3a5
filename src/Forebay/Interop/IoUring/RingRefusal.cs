namespace Forebay.Interop.IoUring;

/// <summary>
/// io_uring cannot be used here: which of the known causes it is, in words for people, and how to permit it.
/// Errno is zero where no call failed but the kernel lacks something.
/// </summary>
internal sealed record RingRefusal(RingRefusalCause Cause, Errno Errno, string Reason, string Hint)
{
    private const string WorkersInstead = "Or choose another io_method.";

    public override string ToString() => $"{Reason} {Hint}";

    /// <summary>
    /// Names the cause behind the errno with which the kernel refused to create a ring or to map its memory.
    /// </summary>
    public static RingRefusal Classify(Errno errno, RingEvidence evidence)
    {
        switch (errno)
        {
            case Errno.NotImplemented:
                return MissingCall(evidence);
            case Errno.NotPermitted or Errno.AccessDenied:
                return NotPermitted(errno, evidence);
            case Errno.NoMemory:
                return NoMemory(evidence);
            case Errno.TooManyFiles:
                string limit = Text(evidence.OpenFiles.Soft);
                return new(RingRefusalCause.FileLimit, errno,
                    $"The process has no file descriptor left for a ring (RLIMIT_NOFILE is {limit}).",
                    "Raise the limit with ulimit -n or LimitNOFILE=, or use fewer rings.");
            case Errno.FileTableFull:
                return new(RingRefusalCause.SystemFileLimit, errno,
                    "The system has no open file left for a ring.",
                    "Raise fs.file-max, or find who holds so many files open.");
            default:
                return new(RingRefusalCause.Other, errno,
                    $"The kernel refused to create a ring: {ErrnoTable.Describe(errno)}.",
                    WorkersInstead);
        }
    }

    /// <summary>Rings can be made, but the kernel does not report what this library builds on.</summary>
    public static RingRefusal TooOld(RingFeatures missing, RingEvidence evidence) => new(
        RingRefusalCause.KernelTooOld, Errno.None,
        $"The kernel{Release(evidence)} has io_uring, but lacks {missing}.",
        "Linux 5.15 or later is needed. " + WorkersInstead);

    /// <summary>Rings cannot hold a file: then other processes could not tell when they are gone.</summary>
    public static RingRefusal NoLock(Errno errno) => new(
        RingRefusalCause.Other, errno,
        $"The kernel does not let rings hold a file ({ErrnoTable.Describe(errno)}), so the other processes of a shared "
            + "instance could not tell when the I/O of this one is over after its death.",
        "Allow io_uring_register, or raise the limit with ulimit -n. " + WorkersInstead);

    private static RingRefusal MissingCall(RingEvidence evidence)
    {
        // The sysctl exists only where io_uring was built in, so then it is a filter that answers ENOSYS.
        if (evidence.SeccompMode == 2 || evidence.DisabledSysctl is not null)
        {
            return new(RingRefusalCause.Seccomp, Errno.NotImplemented,
                "A seccomp filter answers ENOSYS to io_uring_setup: the container or service profile hides the call.",
                SeccompHint());
        }

        return new(RingRefusalCause.MissingSystemCall, Errno.NotImplemented,
            $"The kernel{Release(evidence)} has no io_uring.",
            "Linux 5.15 or later, built with CONFIG_IO_URING, is needed. " + WorkersInstead);
    }

    private static RingRefusal NotPermitted(Errno errno, RingEvidence evidence)
    {
        if (evidence.DisabledSysctl == 2)
        {
            return new(RingRefusalCause.DisabledBySysctl, errno,
                "io_uring is switched off on this system (kernel.io_uring_disabled = 2).",
                "An administrator may permit it: sysctl kernel.io_uring_disabled=0.");
        }

        // A restriction that binds this thread is certain; a filter that is merely there is not.
        bool restricted = evidence.DisabledSysctl == 1;
        if (restricted && (evidence.PassesRestriction == false || evidence.SeccompMode != 2))
        {
            string group = evidence.AllowedGroup is >= 0
                ? $"group {evidence.AllowedGroup}"
                : "a group that kernel.io_uring_group names";
            return new(RingRefusalCause.RestrictedBySysctl, errno,
                "io_uring is reserved to one group on this system (kernel.io_uring_disabled = 1).",
                $"Add the user to {group}, or let an administrator set kernel.io_uring_disabled=0.");
        }

        if (evidence.SeccompMode == 2)
        {
            return new(RingRefusalCause.Seccomp, errno,
                "A seccomp filter forbids io_uring_setup: the container or service profile does not allow it.",
                SeccompHint());
        }

        return new(RingRefusalCause.SecurityPolicy, errno,
            "A security policy of this system forbids io_uring_setup.",
            "Look at the security modules' log (SELinux, AppArmor) and the sandbox's settings. " + WorkersInstead);
    }

    private static RingRefusal NoMemory(RingEvidence evidence)
    {
        if (evidence.LockedMemory.Soft == ResourceLimit.Unlimited)
        {
            return new(RingRefusalCause.OutOfMemory, Errno.NoMemory,
                "The kernel has no memory for a ring (perhaps only none in one piece).",
                "Use smaller rings or fewer of them.");
        }

        return new(RingRefusalCause.LockedMemoryLimit, Errno.NoMemory,
            $"The limit on locked memory is reached (RLIMIT_MEMLOCK is {Text(evidence.LockedMemory.Soft)} bytes).",
            "Raise it with ulimit -l or LimitMEMLOCK=, give the process CAP_IPC_LOCK, or use smaller rings.");
    }

    private static string SeccompHint() =>
        "Allow io_uring_setup, io_uring_enter and io_uring_register in the profile (Docker: --security-opt "
        + "seccomp=FILE; Kubernetes: securityContext.seccompProfile; systemd: SystemCallFilter=). " + WorkersInstead;

    private static string Release(RingEvidence evidence) =>
        evidence.KernelRelease.Length == 0 ? "" : $" ({evidence.KernelRelease})";

    private static string Text(ulong limit) => limit == ResourceLimit.Unlimited ? "unlimited" : $"{limit}";
}
