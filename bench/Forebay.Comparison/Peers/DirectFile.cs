using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Forebay.Comparison.Peers;

/// <summary>Opens a file past the page cache for peers that have no way of their own to ask for it.</summary>
internal static partial class DirectFile
{
    private const int CloseOnExec = 0x80000;

    public static SafeFileHandle Open(string path, bool direct = true)
    {
        int directFlag = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x10000 : 0x4000;
        int descriptor = OpenFile(path, (direct ? directFlag : 0) | CloseOnExec);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new IOException($"'{path}' cannot be opened{(direct ? " past the page cache" : string.Empty)}.");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);
}
