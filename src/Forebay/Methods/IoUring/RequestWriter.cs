using System.Diagnostics;
using System.Runtime.InteropServices;
using Forebay.Handles;
using Forebay.Interop;
using Forebay.Interop.IoUring;
using Forebay.Primitives;

namespace Forebay.Methods.IoUring;

/// <summary>
/// Puts an operation into the kernel's words: the cheapest request that can carry it.
/// <code>
///   frames in one run of memory           READ_FIXED   or READ         (WRITE… alike)
///   frames in several runs                READV_FIXED  or READV
///   fdatasync, fsync                      FSYNC
/// </code>
/// The fixed form where all of the memory lies in one registered slab.
/// </summary>
internal sealed class RequestWriter(
    MethodServices services, FixedBuffers buffers, bool scattersFixed, FixedFiles files)
{
    /// <summary>
    /// Buffered reads of one session that the kernel may run in the submitting thread. A hit in the page cache is
    /// copied there and then, so a deep look-ahead would copy everything itself; beyond this, kernel threads do it.
    /// </summary>
    public const int InlineReadsMax = 4;

    /// <summary>Frames from which on a single buffered read is worth a kernel thread.</summary>
    public const int InlineFramesMax = 3;

    private readonly OwnReads[] _ownReads = new OwnReads[services.Handles.Count / services.Handles.PerSession];

    /// <summary>Prepares the entry. The operation is Submitted, with its file leased.</summary>
    public void Write(SubmissionEntry entry, int handle, PooledRing ring)
    {
        ref IoHandle record = ref services.Handles[handle];
        Invariant.Check(record.File.IsValid, "I-78: an operation reaches the kernel with its file leased");
        ulong tag = RequestTag.Of(handle, record.Word.Generation).Value;
        int file = files.Name(ring, record.File, out bool isSlot);
        SubmissionFlags flags = isSlot ? SubmissionFlags.FixedFile : SubmissionFlags.None;
        switch (record.Operation)
        {
            case IoOperation.ReadVector:
            case IoOperation.WriteVector:
                Transfer(entry, handle, ref record, file, tag);
                if ((record.Flags & IoHandleFlags.Uncached) != 0)
                    entry.TransferFlags = TransferFlags.DontCache;
                if (CountRead(ref record) > InlineReadsMax || IsLongBufferedRead(ref record))
                    flags |= SubmissionFlags.Asynchronous;
                break;
            case IoOperation.SyncData:
                entry.PrepareFileSync(file, dataOnly: true, tag);
                break;
            case IoOperation.Sync:
                entry.PrepareFileSync(file, dataOnly: false, tag);
                break;
            case IoOperation.None:
            default:
                Invariant.Fail("I-06: an undefined operation was submitted");
                throw new UnreachableException();
        }

        entry.Flags = flags;
    }

    /// <summary>
    /// The kernel is done with the operation, for good or to go again. Before the handle can be reused.
    /// </summary>
    public void Returned(ref IoHandle record)
    {
        if (IsBufferedRead(ref record))
            Interlocked.Decrement(ref _ownReads[record.Owner].Count); // atomic: several drainers; orders nothing
    }

    private void Transfer(SubmissionEntry entry, int handle, ref IoHandle record, int file, ulong tag)
    {
        bool isRead = record.Operation == IoOperation.ReadVector;
        Span<IoVector> room = entry.Vectors;
        int count = services.Arenas.FillVectors(
            record.Arena, services.Handles.Frames(handle), 0, record.Length, room);
        int slab = buffers.Find(record.Arena, room[..count]);
        switch (count)
        {
            case 0:
                entry.PrepareNop(tag); // nothing to transfer: done, with zero bytes
                break;
            case 1 when slab != FixedBuffers.None && isRead:
                entry.PrepareReadFixed(file, room[0].Address, (int)room[0].Length, record.Offset, slab, tag);
                break;
            case 1 when slab != FixedBuffers.None:
                entry.PrepareWriteFixed(file, room[0].Address, (int)room[0].Length, record.Offset, slab, tag);
                break;
            case 1 when isRead:
                entry.PrepareRead(file, room[0].Address, (int)room[0].Length, record.Offset, tag);
                break;
            case 1:
                entry.PrepareWrite(file, room[0].Address, (int)room[0].Length, record.Offset, tag);
                break;
            case > 1 when slab != FixedBuffers.None && scattersFixed && isRead:
                entry.PrepareReadVectorFixed(file, count, record.Offset, slab, tag);
                break;
            case > 1 when slab != FixedBuffers.None && scattersFixed:
                entry.PrepareWriteVectorFixed(file, count, record.Offset, slab, tag);
                break;
            case > 1 when isRead:
                entry.PrepareReadVector(file, count, record.Offset, tag);
                break;
            default:
                entry.PrepareWriteVector(file, count, record.Offset, tag);
                break;
        }
    }

    // How many buffered reads this session has in the kernel with this one; zero if it is none.
    private int CountRead(ref IoHandle record) =>
        IsBufferedRead(ref record)
            ? Interlocked.Increment(ref _ownReads[record.Owner].Count) // atomic: several submitters; orders nothing
            : 0;

    private static bool IsLongBufferedRead(ref IoHandle record) =>
        IsBufferedRead(ref record) && record.FrameCount > InlineFramesMax;

    // Never a direct transfer: it does not copy, and a kernel thread would cost more than the whole request.
    private static bool IsBufferedRead(ref IoHandle record) =>
        record.Operation == IoOperation.ReadVector && (record.Flags & IoHandleFlags.Buffered) != 0;

    // A cache line for each session: neighbours submit at the same time.
    [StructLayout(LayoutKind.Explicit, Size = 64)]
    private struct OwnReads
    {
        [FieldOffset(0)] public int Count;
    }
}
