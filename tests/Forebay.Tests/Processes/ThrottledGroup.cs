using System.Globalization;
using Forebay.Interop;
using Forebay.Tests.Support;

namespace Forebay.Tests.Processes;

/// <summary>
/// A control group of processes whose direct transfers the kernel accepts and then holds back, for as long as the test
/// says: in flight for certain, and not to be called back. Needs the right to make control groups; the test is skipped
/// where that is missing.
/// </summary>
internal sealed class ThrottledGroup : IDisposable
{
    private const string Old = "/sys/fs/cgroup/blkio";
    private const string New = "/sys/fs/cgroup";

    private readonly List<HostProcess> _members = [];
    private readonly string _folder;
    private readonly string _device;
    private readonly bool _isOld;

    /// <summary>A group that transfers to and from the disk under a folder go through.</summary>
    public ThrottledGroup(string folder)
    {
        Assert.Equal(0, FileSystemCalls.Status(folder, out FileStatus status));
        _device = string.Create(CultureInfo.InvariantCulture, $"{status.DeviceMajor}:{status.DeviceMinor}");
        _isOld = Directory.Exists(Old);
        _folder = Path.Combine(_isOld ? Old : New, "forebay-" + Guid.NewGuid().ToString("N"));
        try
        {
            Directory.CreateDirectory(_folder);
            Release();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            TryRemove();
            Assert.Skip($"Transfers cannot be held back here: {exception.Message}");
        }
    }

    /// <summary>Reads that its processes begin from here on do not end.</summary>
    public void HoldReads() => Set("read", "rbps", 1);

    /// <summary>Writes that its processes begin from here on do not end.</summary>
    public void HoldWrites() => Set("write", "wbps", 1);

    /// <summary>All that was held back goes on.</summary>
    public void Release()
    {
        Set("read", "rbps", 0);
        Set("write", "wbps", 0);
    }

    /// <summary>A process joins, with all of its threads.</summary>
    public void Add(HostProcess member)
    {
        _members.Add(member);
        Write("cgroup.procs", member.Id.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Its processes end with it, if they have not yet.</summary>
    public void Dispose()
    {
        Release();
        _members.ForEach(static member => member.Kill());
        Eventually.Holds(TryRemove, "the group is empty");
    }

    private bool TryRemove()
    {
        try
        {
            if (Directory.Exists(_folder))
                Directory.Delete(_folder);
            return true;
        }
        catch (IOException)
        {
            return false; // a process of it is on its way out
        }
    }

    private void Set(string direction, string name, int bytesPerSecond)
    {
        if (_isOld)
            Write($"blkio.throttle.{direction}_bps_device", $"{_device} {bytesPerSecond}");
        else
            Write("io.max", $"{_device} {name}={(bytesPerSecond == 0 ? "max" : $"{bytesPerSecond}")}");
    }

    private void Write(string file, string text)
    {
        using FileStream stream = new(Path.Combine(_folder, file), FileMode.Open, FileAccess.Write);
        stream.Write(System.Text.Encoding.ASCII.GetBytes(text));
        stream.Flush();
    }
}
