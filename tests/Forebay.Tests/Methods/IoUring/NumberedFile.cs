using System.Runtime.InteropServices;
using Forebay.Interop;
using Forebay.Tests.Interop.IoUring;

namespace Forebay.Tests.Methods.IoUring;

/// <summary>
/// A descriptor number that leads to one file after the other, as numbers do in a process that opens and closes files.
/// </summary>
internal sealed partial class NumberedFile : IDisposable
{
    public NumberedFile(RingFile first)
    {
        Descriptor = Duplicate(first.Descriptor);
        Assert.True(Descriptor >= 0);
    }

    public int Descriptor { get; }

    /// <summary>Closes the file and gives its number to another one, in one step.</summary>
    public void BecomeAnother(RingFile other) =>
        Assert.Equal(Descriptor, DuplicateTo(other.Descriptor, Descriptor));

    public void Dispose() => _ = Libc.Close(Descriptor);

    [LibraryImport("libc", EntryPoint = "dup", SetLastError = true)]
    private static partial int Duplicate(int descriptor);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    private static partial int DuplicateTo(int descriptor, int number);
}
