using System.Runtime.InteropServices;

namespace Forebay.Interop;

/// <summary>The part that the storage layer needs.</summary>
internal static unsafe partial class Libc
{
    // SAFETY: blittable signatures only; lengths and lifetimes are the wrappers' duty, stated there.
    [LibraryImport(Library, EntryPoint = "fallocate", SetLastError = true)]
    internal static partial int AllocateRange(int descriptor, int mode, long offset, long length);

    [LibraryImport(Library, EntryPoint = "fstatfs", SetLastError = true)]
    internal static partial int FileSystemStatus(int descriptor, byte* buffer);

    [LibraryImport(Library, EntryPoint = "getrlimit", SetLastError = true)]
    internal static partial int ResourceLimit(int resource, ulong* softAndHard);

    [LibraryImport(Library, EntryPoint = "flock", SetLastError = true)]
    internal static partial int LockFile(int descriptor, int operation);

    // Declared with a variable number of arguments, which Linux passes like these on both architectures.
    [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
    internal static partial int Control(int descriptor, int operation, nint argument);

    [LibraryImport(Library, EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int MakeFolder(string path, uint mode);

    [LibraryImport(Library, EntryPoint = "geteuid")]
    internal static partial uint EffectiveUser();
}
