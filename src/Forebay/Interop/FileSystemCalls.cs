using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Forebay.Interop;

/// <summary>Files by name and by descriptor; a result is a value or -errno, never an exception.</summary>
internal static unsafe class FileSystemCalls
{
    private const int CurrentDirectory = -100;
    private const int EmptyPath = 0x1000;
    private const int NoFollow = 0x100;
    private const uint DefaultMode = 0x180; // rw for the owner alone
    private const uint OwnerOnlyFolder = 0x1C0; // rwx for the owner alone
    private const uint StatusBasic = 0x7ff;
    private const uint StatusDirect = 0x2000;
    private const int StatusBytes = 256;
    private const int FileSystemStatusBytes = 512;
    private const int SeekEnd = 2;
    private const int OpenFilesResource = 7;

    /// <summary>Opens a file, never inherited by child processes.</summary>
    /// <returns>The descriptor, or -errno.</returns>
    public static int Open(string path, FileOpenFlags flags)
    {
        int native = ToNative(flags, RuntimeInformation.ProcessArchitecture);
        while (true)
        {
            int descriptor = Libc.Open(path, native, DefaultMode);
            if (descriptor >= 0)
                return descriptor;
            int errno = Marshal.GetLastPInvokeError();
            if (errno != (int)Errno.Interrupted)
                return -errno;
        }
    }

    /// <summary>Closes a descriptor. Whatever it returns, the descriptor is gone: never repeated.</summary>
    public static int Close(int descriptor) => Result(Libc.Close(descriptor));

    /// <summary>Length of an open file (or block device) in bytes, or -errno.</summary>
    public static long Length(int descriptor)
    {
        long length = Libc.Seek(descriptor, 0, SeekEnd);
        return length < 0 ? -Marshal.GetLastPInvokeError() : length;
    }

    /// <summary>Cuts or grows (with a hole) an open file; zero or -errno.</summary>
    public static int Truncate(int descriptor, long length)
    {
        int result;
        do
            result = Result(Libc.Truncate(descriptor, length));
        while (result == -(int)Errno.Interrupted);
        return result;
    }

    /// <summary>
    /// Reserves room for a range and grows the file over it; what lies beyond the old end reads as zeros. After a
    /// failure a part may have been done. Never emulated: a file system without it says NotSupported.
    /// </summary>
    public static int Allocate(int descriptor, long offset, long length)
    {
        int result;
        do
            result = Result(Libc.AllocateRange(descriptor, 0, offset, length));
        while (result == -(int)Errno.Interrupted);
        return result;
    }

    /// <summary>Advice on a range; zero or -errno.</summary>
    public static int Advise(int descriptor, long offset, long length, FileAdvice advice) =>
        -Libc.Advise(descriptor, offset, length, (int)advice); // this one returns the number instead of setting it

    /// <summary>Makes a folder that only its owner may enter, in one that exists; zero or -errno.</summary>
    public static int MakeFolder(string path) => Result(Libc.MakeFolder(path, OwnerOnlyFolder));

    /// <summary>Removes a name; zero or -errno.</summary>
    public static int Unlink(string path) => Result(Libc.Unlink(path));

    /// <summary>Status of a file by name; zero or -errno.</summary>
    public static int Status(string path, out FileStatus status) => Status(CurrentDirectory, path, 0, out status);

    /// <summary>Status of a name itself, even if it is a symbolic link; zero or -errno.</summary>
    public static int StatusOfName(string path, out FileStatus status) =>
        Status(CurrentDirectory, path, NoFollow, out status);

    /// <summary>Status of an open file; zero or -errno.</summary>
    public static int Status(int descriptor, out FileStatus status) => Status(descriptor, "", EmptyPath, out status);

    /// <summary>The number by which the kernel names the file system of an open file; zero = unknown.</summary>
    public static long FileSystemType(int descriptor)
    {
        byte* buffer = stackalloc byte[FileSystemStatusBytes];

        // SAFETY: the kernel writes one struct statfs (120 bytes), which fits the buffer on this stack.
        int result = Libc.FileSystemStatus(descriptor, buffer);
        return result < 0 ? 0 : BinaryPrimitives.ReadInt64LittleEndian(new ReadOnlySpan<byte>(buffer, sizeof(long)));
    }

    /// <summary>How many descriptors this process may have open.</summary>
    public static long OpenFilesLimit()
    {
        ulong* limits = stackalloc ulong[2];

        // SAFETY: the kernel writes two 64-bit numbers, soft and hard limit, into the two on this stack.
        int result = Libc.ResourceLimit(OpenFilesResource, limits);
        return result < 0 ? long.MaxValue : (long)Math.Min(limits[0], long.MaxValue);
    }

    /// <summary>One page or a few at a place of a file; bytes or -errno; may be short.</summary>
    public static int Read(int descriptor, Span<byte> destination, long offset, int flags = 0)
    {
        // SAFETY: the span is pinned until the call has returned; the kernel writes no further than its length.
        fixed (byte* first = destination)
            return FileTransfer.Read(descriptor, [new IoVector((nint)first, (nuint)destination.Length)], offset, flags);
    }

    /// <summary>As <see cref="Read"/>, the other way.</summary>
    public static int Write(int descriptor, ReadOnlySpan<byte> source, long offset, int flags = 0)
    {
        // SAFETY: the span is pinned until the call has returned; the kernel reads no further than its length.
        fixed (byte* first = source)
            return FileTransfer.Write(descriptor, [new IoVector((nint)first, (nuint)source.Length)], offset, flags);
    }

    /// <summary>The kernel's numbers. The fcntl headers of x64 and arm64 disagree on direct and directory.</summary>
    internal static int ToNative(FileOpenFlags flags, Architecture architecture)
    {
        bool arm = architecture == Architecture.Arm64;
        const int CloseOnExec = 0x80000;
        int native = CloseOnExec;
        native |= Bit(FileOpenFlags.Write, 0x2);
        native |= Bit(FileOpenFlags.Create, 0x40);
        native |= Bit(FileOpenFlags.Exclusive, 0x80);
        native |= Bit(FileOpenFlags.DataSync, 0x1000);
        native |= Bit(FileOpenFlags.Direct, arm ? 0x10000 : 0x4000);
        native |= Bit(FileOpenFlags.Directory | FileOpenFlags.Anonymous, arm ? 0x4000 : 0x10000);
        native |= Bit(FileOpenFlags.Anonymous, 0x400000);
        native |= Bit(FileOpenFlags.NonBlocking, 0x800);
        native |= Bit(FileOpenFlags.NoFollow, arm ? 0x8000 : 0x20000);
        return native;

        int Bit(FileOpenFlags flag, int value) => (flags & flag) != 0 ? value : 0;
    }

    private static int Status(int directory, string path, int flags, out FileStatus status)
    {
        byte* buffer = stackalloc byte[StatusBytes];
        status = default;

        // SAFETY: the kernel writes one struct statx (256 bytes), the size of the buffer on this stack.
        int result = Libc.Status(directory, path, flags, StatusBasic | StatusDirect, buffer);
        if (result < 0)
            return -Marshal.GetLastPInvokeError();
        ReadOnlySpan<byte> raw = new(buffer, StatusBytes);
        status = Parse(raw);
        return 0;
    }

    // Offsets of struct statx, the same on both architectures; both are little-endian.
    private static FileStatus Parse(ReadOnlySpan<byte> raw)
    {
        const int TypeMask = 0xF000;
        const int TypeDirectory = 0x4000;
        const int TypeRegular = 0x8000;
        const int PermissionMask = 0x1FF;
        uint mask = BinaryPrimitives.ReadUInt32LittleEndian(raw);
        int mode = BinaryPrimitives.ReadUInt16LittleEndian(raw[28..]);
        return new FileStatus(
            Length: BinaryPrimitives.ReadInt64LittleEndian(raw[40..]),
            IsDirectory: (mode & TypeMask) == TypeDirectory,
            DeviceMajor: BinaryPrimitives.ReadUInt32LittleEndian(raw[136..]),
            DeviceMinor: BinaryPrimitives.ReadUInt32LittleEndian(raw[140..]),
            StatesDirect: (mask & StatusDirect) != 0,
            DirectMemoryAlignment: BinaryPrimitives.ReadInt32LittleEndian(raw[152..]),
            DirectOffsetAlignment: BinaryPrimitives.ReadInt32LittleEndian(raw[156..]),
            IsRegular: (mode & TypeMask) == TypeRegular,
            Owner: BinaryPrimitives.ReadUInt32LittleEndian(raw[20..]),
            Permissions: mode & PermissionMask,
            Inode: BinaryPrimitives.ReadUInt64LittleEndian(raw[32..]));
    }

    private static int Result(int result) => result < 0 ? -Marshal.GetLastPInvokeError() : 0;
}
