using System.Runtime.InteropServices;

namespace Forebay.Interop;

/// <summary>
/// Locks on single bytes of a file, each held by an opening of it. The kernel gives them back when nothing has the
/// opening any more: no descriptor, and no memory that was mapped by it. The bytes need not exist.
/// </summary>
// SAFETY: the record is on the caller's stack, for one call each; each place says so.
internal static unsafe class RecordLock
{
    private const int Query = 36;
    private const int Set = 37;
    private const short Exclusive = 1;
    private const short None = 2;

    /// <summary>Takes one for an opening that may be written; false = another one has it, or it cannot be.</summary>
    public static bool TryEnter(int descriptor, long at)
    {
        Record record = new() { Type = Exclusive, Start = at, Length = 1 };

        // SAFETY: `record` lives on this stack for the call; it has the layout of struct flock.
        return Libc.Control(descriptor, Set, (nint)(&record)) == 0;
    }

    /// <summary>Whether surely no other opening has it.</summary>
    public static bool IsFree(int descriptor, long at)
    {
        Record record = new() { Type = Exclusive, Start = at, Length = 1 };

        // SAFETY: as above; the kernel writes into it who is in the way.
        return Libc.Control(descriptor, Query, (nint)(&record)) == 0 && record.Type == None;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct Record
    {
        public short Type;
        public short Whence;
        public long Start;
        public long Length;
        public int Process; // zero, as the kernel demands
    }
}
