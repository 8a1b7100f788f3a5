using System.Runtime.InteropServices;

namespace Forebay.SharingHost;

/// <summary>Another program in this process's place: the number stays, the memory goes.</summary>
internal static partial class Successor
{
    /// <summary>Runs a program instead of this one; does not return.</summary>
    public static void Take(string program, params string[] words)
    {
        _ = Execute(program, [program, .. words, null]);
        throw new InvalidOperationException($"'{program}' cannot be run: errno {Marshal.GetLastPInvokeError()}.");
    }

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, string?[] words);
}
