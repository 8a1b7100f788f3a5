using System.Globalization;
using Forebay.Interop;

namespace Forebay.Processes;

/// <summary>
/// Where a shared segment lies: a folder that belongs to one user alone, on a file system whose files are memory.
/// Everything is checked before anything in it is believed.
/// </summary>
internal sealed class SegmentPlace
{
    private const long MemoryFileSystem = 0x0102_1994; // tmpfs
    private const long HugePageFileSystem = 0x9584_58F6; // hugetlbfs
    private const int OthersMask = 0x3F; // any right of group or others
    private const int NameMax = 64;

    /// <summary>The place of an instance of a name.</summary>
    /// <param name="name">Letters, digits, '.', '_' and '-'; at most 64, the first one no dot.</param>
    /// <param name="directory">The folder; null = the user's own on /dev/shm.</param>
    /// <exception cref="ArgumentException">The name cannot be one.</exception>
    public SegmentPlace(string name, string? directory)
    {
        bool isGood = name.Length is > 0 and <= NameMax && name[0] != '.'
            && name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-');
        if (!isGood)
        {
            throw new ArgumentException($"A shared instance's name is 1 to {NameMax} letters, digits, '.', '_' or '-' "
                + $"and does not begin with a dot; '{name}' is none.", nameof(name));
        }

        Name = name;
        Directory = System.IO.Path.GetFullPath(directory ?? DefaultDirectory);
    }

    /// <summary>The user's own folder.</summary>
    public static string DefaultDirectory =>
        string.Create(CultureInfo.InvariantCulture, $"/dev/shm/forebay-{ProcessCalls.EffectiveUser}");

    /// <summary>Name of the instance.</summary>
    public string Name { get; }

    /// <summary>The folder.</summary>
    public string Directory { get; }

    /// <summary>The segment's file.</summary>
    public string SegmentPath => System.IO.Path.Combine(Directory, Name + ".segment");

    /// <summary>The file whose lock serialises creation, attachment and removal.</summary>
    public string LockPath => System.IO.Path.Combine(Directory, Name + ".lock");

    /// <summary>A file that a process holds locked for as long as its rings live.</summary>
    public string RingPath(int slot, uint generation) => System.IO.Path.Combine(
        Directory, string.Create(CultureInfo.InvariantCulture, $"{Name}.ring-{slot}-{generation}"));

    /// <summary>Whether a path in the folder is one of <see cref="RingPath"/>, of this instance.</summary>
    public bool IsRingPath(string path)
    {
        string file = System.IO.Path.GetFileName(path);
        string prefix = Name + ".ring-";
        if (!file.StartsWith(prefix, StringComparison.Ordinal))
            return false;
        string[] numbers = file[prefix.Length..].Split('-');
        return numbers.Length == 2
            && numbers.All(static number => number.Length > 0 && number.All(char.IsAsciiDigit));
    }

    /// <summary>Makes the folder if need be, and refuses one that is not this user's alone, or on a disk.</summary>
    /// <exception cref="SharingException">The reason.</exception>
    public void Prepare()
    {
        int error = FileSystemCalls.MakeFolder(Directory);
        if (error < 0 && error != -(int)Errno.Exists)
            throw Failure($"cannot be made: {ErrnoTable.Describe((Errno)(-error))}");
        Check(forViewing: false);
    }

    /// <summary>Refuses a folder that is not the user's alone, or on a disk.</summary>
    /// <param name="forViewing">Whether only to look: then root may look at everybody's.</param>
    /// <exception cref="SharingException">The reason.</exception>
    public void Check(bool forViewing)
    {
        int error = FileSystemCalls.StatusOfName(Directory, out FileStatus status);
        if (error < 0)
            throw Failure($"cannot be looked at: {ErrnoTable.Describe((Errno)(-error))}");
        if (!status.IsDirectory)
            throw Failure("is no folder");
        CheckOwner(status, "folder", "0700", forViewing);
        int descriptor = FileSystemCalls.Open(Directory, FileOpenFlags.Directory | FileOpenFlags.NoFollow);
        if (descriptor < 0)
            throw Failure($"cannot be opened: {ErrnoTable.Describe((Errno)(-descriptor))}");
        long type = FileSystemCalls.FileSystemType(descriptor);
        _ = FileSystemCalls.Close(descriptor);
        if (type is not (MemoryFileSystem or HugePageFileSystem))
        {
            throw Failure("is on a disk's file system: shared instances lie on tmpfs or hugetlbfs, for instance "
                + "under /dev/shm");
        }
    }

    /// <summary>Refuses a file that is not this user's alone.</summary>
    /// <exception cref="SharingException">The reason.</exception>
    public void CheckFile(int descriptor, string path, bool forViewing)
    {
        int error = FileSystemCalls.Status(descriptor, out FileStatus status);
        if (error < 0)
            throw new SharingException($"'{path}' cannot be looked at: {ErrnoTable.Describe((Errno)(-error))}.");
        if (!status.IsRegular)
            throw new SharingException($"'{path}' is no plain file.");
        CheckOwner(status, path, "0600", forViewing);
    }

    private void CheckOwner(in FileStatus status, string what, string rights, bool forViewing)
    {
        uint user = ProcessCalls.EffectiveUser;
        string subject = what == "folder" ? $"The folder '{Directory}'" : $"'{what}'";
        if (status.Owner != user && !(forViewing && user == 0))
        {
            throw new SharingException(
                $"{subject} belongs to user {status.Owner}, not to user {user}: it is not to be trusted.");
        }

        if ((status.Permissions & OthersMask) != 0)
        {
            throw new SharingException($"{subject} is open to others (mode "
                + $"0{Convert.ToString(status.Permissions, 8)}): a shared instance wants {rights}.");
        }
    }

    private SharingException Failure(string what) => new($"The folder '{Directory}' for shared instances {what}.");
}
