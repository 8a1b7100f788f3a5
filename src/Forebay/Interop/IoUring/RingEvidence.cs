using System.Globalization;
using System.Runtime.InteropServices;

namespace Forebay.Interop.IoUring;

/// <summary>
/// What the system says about its limits and policies: what a refusal's errno alone does not tell. Null = unknown.
/// </summary>
internal sealed partial record RingEvidence
{
    private const int OpenFilesResource = 7;      // RLIMIT_NOFILE
    private const int LockedMemoryResource = 8;   // RLIMIT_MEMLOCK
    private const ulong SystemAdministrator = 1UL << 21;   // CAP_SYS_ADMIN

    /// <summary>
    /// kernel.io_uring_disabled: 0 everybody may, 1 a group or the privileged may, 2 nobody may. Since 6.6.
    /// </summary>
    public int? DisabledSysctl { get; init; }

    /// <summary>kernel.io_uring_group; -1 = none.</summary>
    public int? AllowedGroup { get; init; }

    /// <summary>
    /// Whether this thread is in that group or privileged (CAP_SYS_ADMIN), so that a restriction to it does not bind.
    /// </summary>
    public bool? PassesRestriction { get; init; }

    /// <summary>0 none, 1 strict, 2 filter: of the thread that asks, since filters belong to threads.</summary>
    public int? SeccompMode { get; init; }

    public string KernelRelease { get; init; } = "";

    public ResourceLimit LockedMemory { get; init; } = new(ResourceLimit.Unlimited, ResourceLimit.Unlimited);

    public ResourceLimit OpenFiles { get; init; } = new(ResourceLimit.Unlimited, ResourceLimit.Unlimited);

    /// <summary>Reads all of it for the calling thread. Never throws: what cannot be read stays unknown.</summary>
    public static RingEvidence Collect()
    {
        int? group = ReadNumber("/proc/sys/kernel/io_uring_group");
        string[] status = (ReadText("/proc/thread-self/status") ?? "").Split('\n');
        return new()
        {
            DisabledSysctl = ReadNumber("/proc/sys/kernel/io_uring_disabled"),
            AllowedGroup = group,
            PassesRestriction = Passes(status, group),
            SeccompMode = Number(Line(status, "Seccomp:")),
            KernelRelease = ReadText("/proc/sys/kernel/osrelease")?.Trim() ?? "",
            LockedMemory = ReadLimit(LockedMemoryResource),
            OpenFiles = ReadLimit(OpenFilesResource),
        };
    }

    private static bool? Passes(string[] status, int? allowedGroup)
    {
        string? capabilities = Line(status, "CapEff:");
        if (!ulong.TryParse(capabilities, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong held))
            return null;
        if ((held & SystemAdministrator) != 0)
            return true;
        if (allowedGroup is not >= 0)
            return false;
        string number = allowedGroup.Value.ToString(CultureInfo.InvariantCulture);
        return Words(Line(status, "Groups:")).Contains(number) || Words(Line(status, "Gid:")).Contains(number);
    }

    private static string? Line(string[] status, string key)
    {
        foreach (string line in status)
        {
            if (line.StartsWith(key, StringComparison.Ordinal))
                return line[key.Length..].Trim();
        }

        return null;
    }

    private static string[] Words(string? line) =>
        (line ?? "").Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);

    private static int? ReadNumber(string path) => Number(ReadText(path));

    private static int? Number(string? text) =>
        int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out int value) ? value : null;

    private static string? ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;   // an old kernel, a hidden /proc, or no descriptor left: the evidence is then missing
        }
    }

    private static ResourceLimit ReadLimit(int resource) =>
        GetLimit(resource, out ResourceLimit limit) == 0
            ? limit
            : new ResourceLimit(ResourceLimit.Unlimited, ResourceLimit.Unlimited);

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out ResourceLimit limit);
}
