using System.Runtime.InteropServices;

namespace Forebay.Interop;

/// <summary>Positioned vectored reads and writes; a result is a byte count or -errno, never an exception.</summary>
internal static unsafe class FileTransfer
{
    /// <summary>Per-call flag: bypass the page cache's residue (RWF_DONTCACHE, Linux 6.14).</summary>
    public const int Uncached = 0x80;

    /// <summary>Per-call flag: durable when it returns, data and the metadata to read it (RWF_DSYNC).</summary>
    public const int DataSync = 0x02;

    /// <summary>Reads into <paramref name="vectors"/> from <paramref name="offset"/>; blocks; may be short.</summary>
    public static int Read(int descriptor, ReadOnlySpan<IoVector> vectors, long offset, int flags = 0)
    {
        // SAFETY: the vectors are pinned for the call; what they point at is the caller's, until we return.
        fixed (IoVector* first = vectors)
        {
            nint result = Libc.ReadVector(descriptor, first, vectors.Length, offset, flags);
            return result < 0 ? -Marshal.GetLastPInvokeError() : (int)result;
        }
    }

    /// <summary>Writes <paramref name="vectors"/> at <paramref name="offset"/>; blocks; may be short.</summary>
    public static int Write(int descriptor, ReadOnlySpan<IoVector> vectors, long offset, int flags = 0)
    {
        // SAFETY: the vectors are pinned for the call; what they point at is the caller's, until we return.
        fixed (IoVector* first = vectors)
        {
            nint result = Libc.WriteVector(descriptor, first, vectors.Length, offset, flags);
            return result < 0 ? -Marshal.GetLastPInvokeError() : (int)result;
        }
    }

    /// <summary>fdatasync or fsync; zero or -errno. A failure is never cured by calling again.</summary>
    public static int Sync(int descriptor, bool dataOnly)
    {
        int result = dataOnly ? Libc.SyncData(descriptor) : Libc.Sync(descriptor);
        return result < 0 ? -Marshal.GetLastPInvokeError() : 0;
    }
}
