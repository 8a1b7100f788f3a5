using System.Diagnostics;

namespace Forebay.Tests.Support;

/// <summary>
/// A folder on a file system of its own: small, so that it fills up, and made read-only on request. Needs the right to
/// mount; the test is skipped where that is missing.
/// </summary>
internal sealed class MountedFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("forebay-mount-");

    public MountedFolder(int kibibytes)
        : this("tmpfs", $"size={kibibytes}k")
    {
    }

    private MountedFolder(string type, string options)
    {
        if (Try("mount", "-t", type, "-o", options, "forebay", _folder.FullName))
            return;
        _folder.Delete();
        Assert.Skip("Mounting a small file system is not permitted here.");
    }

    /// <summary>Whose files lie in huge pages of 2 MiB.</summary>
    public static MountedFolder OfHugePages() => new("hugetlbfs", "pagesize=2M");

    public string Path => _folder.FullName;

    /// <summary>Nothing can be changed from now on. No file is open for writing.</summary>
    public void MakeReadOnly() => Assert.True(Try("mount", "-o", "remount,ro", Path), "remounting failed");

    public void Dispose()
    {
        Assert.True(Try("umount", Path), "a file of the mounted folder is still open");
        _folder.Delete();
    }

    private static bool Try(string program, params string[] args)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, args)
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
