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
}
