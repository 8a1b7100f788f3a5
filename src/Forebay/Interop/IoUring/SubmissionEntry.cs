using System.Runtime.CompilerServices;
using Forebay.Primitives;

namespace Forebay.Interop.IoUring;

/// <summary>
/// A slot of the submission queue while its submitter fills it. Lives until the next Submit of its ring; prepare it
/// once. Addresses are of unmanaged or pinned memory that the kernel may use until the request has completed.
/// `file` is a descriptor, or a slot of the registered table where Flags has FixedFile (set it after preparing).
/// </summary>
// SAFETY: the slot and its vectors belong to the submitter until the ring's next Submit; being a ref struct, an entry
// cannot be kept elsewhere than on the submitter's stack.
internal readonly unsafe ref struct SubmissionEntry
{
    private const uint SyncDataOnly = 1 << 0;         // IORING_FSYNC_DATASYNC
    private const uint NopInjectResult = 1 << 0;      // IORING_NOP_INJECT_RESULT
    private const uint CancelAll = 1 << 0;            // IORING_ASYNC_CANCEL_ALL
    private const uint CancelAny = 1 << 2;            // IORING_ASYNC_CANCEL_ANY

    private readonly SubmissionQueueEntry* _slot;
    private readonly IoVector* _vectors;
    private readonly int _vectorsMax;

    // SAFETY: the ring gives out a slot that is free and an area of `vectorsMax` vectors that belongs to it alone.
    internal SubmissionEntry(SubmissionQueueEntry* slot, IoVector* vectors, int vectorsMax)
    {
        _slot = slot;
        _vectors = vectors;
        _vectorsMax = vectorsMax;
    }

    /// <summary>The number that comes back with the completion.</summary>
    public ulong UserData
    {
        get => _slot->UserData;
        set => _slot->UserData = value;
    }

    /// <summary>What it was prepared as.</summary>
    public RingOperation Operation => _slot->Operation;

    /// <summary>The descriptor, or the slot of the registered table.</summary>
    public int File => _slot->File;

    /// <summary>The registered buffer of the …Fixed operations.</summary>
    public int BufferIndex => _slot->BufferIndex;

    public SubmissionFlags Flags
    {
        get => _slot->Flags;
        set => _slot->Flags = value;
    }

    /// <summary>Of a read or write.</summary>
    public TransferFlags TransferFlags
    {
        get => (TransferFlags)_slot->OperationFlags;
        set => _slot->OperationFlags = (uint)value;
    }

    /// <summary>The vectors area of this slot, to be filled in place or by SetVectors.</summary>
    public Span<IoVector> Vectors => new(_vectors, _vectorsMax);

    /// <summary>Copies the vectors into the slot's own area, so that the caller's may change at once.</summary>
    public void SetVectors(ReadOnlySpan<IoVector> vectors)
    {
        Invariant.Check(vectors.Length <= _vectorsMax, "I-93: the vectors fit the slot", vectors.Length, _vectorsMax);
        vectors.CopyTo(new Span<IoVector>(_vectors, _vectorsMax));
    }

    /// <summary>Does nothing and completes with zero.</summary>
    public void PrepareNop(ulong userData) => Prepare(RingOperation.NoOperation, -1, 0, 0, 0, userData);

    /// <summary>
    /// Does nothing and completes with `result` (Linux 6.10): a fault that the rest of the path cannot tell from real.
    /// </summary>
    public void PrepareNop(int result, ulong userData)
    {
        Prepare(RingOperation.NoOperation, -1, 0, (uint)result, 0, userData);
        _slot->OperationFlags = NopInjectResult;
    }

    /// <summary>Reads into one piece of memory.</summary>
    public void PrepareRead(int file, nint address, int length, long offset, ulong userData) =>
        Prepare(RingOperation.Read, file, address, (uint)length, offset, userData);

    /// <summary>Writes one piece of memory.</summary>
    public void PrepareWrite(int file, nint address, int length, long offset, ulong userData) =>
        Prepare(RingOperation.Write, file, address, (uint)length, offset, userData);

    /// <summary>Reads into one piece of memory inside the registered buffer `buffer`.</summary>
    public void PrepareReadFixed(int file, nint address, int length, long offset, int buffer, ulong userData)
    {
        Prepare(RingOperation.ReadFixed, file, address, (uint)length, offset, userData);
        _slot->BufferIndex = (ushort)buffer;
    }

    /// <summary>Writes one piece of memory inside the registered buffer `buffer`.</summary>
    public void PrepareWriteFixed(int file, nint address, int length, long offset, int buffer, ulong userData)
    {
        Prepare(RingOperation.WriteFixed, file, address, (uint)length, offset, userData);
        _slot->BufferIndex = (ushort)buffer;
    }

    /// <summary>Reads into the first `vectorCount` vectors of the slot's area.</summary>
    public void PrepareReadVector(int file, int vectorCount, long offset, ulong userData) =>
        PrepareVector(RingOperation.ReadVector, file, vectorCount, offset, userData);

    /// <summary>Writes the first `vectorCount` vectors of the slot's area.</summary>
    public void PrepareWriteVector(int file, int vectorCount, long offset, ulong userData) =>
        PrepareVector(RingOperation.WriteVector, file, vectorCount, offset, userData);

    /// <summary>As PrepareReadVector; every vector lies inside the registered buffer `buffer` (Linux 6.15).</summary>
    public void PrepareReadVectorFixed(int file, int vectorCount, long offset, int buffer, ulong userData)
    {
        PrepareVector(RingOperation.ReadVectorFixed, file, vectorCount, offset, userData);
        _slot->BufferIndex = (ushort)buffer;
    }

    /// <summary>As PrepareWriteVector; every vector lies inside the registered buffer `buffer` (Linux 6.15).</summary>
    public void PrepareWriteVectorFixed(int file, int vectorCount, long offset, int buffer, ulong userData)
    {
        PrepareVector(RingOperation.WriteVectorFixed, file, vectorCount, offset, userData);
        _slot->BufferIndex = (ushort)buffer;
    }

    /// <summary>fdatasync or fsync. Not ordered after writes in flight, unless linked or drained.</summary>
    public void PrepareFileSync(int file, bool dataOnly, ulong userData)
    {
        Prepare(RingOperation.FileSync, file, 0, 0, 0, userData);
        _slot->OperationFlags = dataOnly ? SyncDataOnly : 0;
    }

    /// <summary>
    /// Asks for the request with `target` as its user data to be given up. A block transfer that is at the device
    /// already cannot be: its memory stays the kernel's until its own completion, whatever this one says.
    /// </summary>
    public void PrepareCancel(ulong target, ulong userData) =>
        Prepare(RingOperation.Cancel, -1, (nint)target, 0, 0, userData);

    /// <summary>As PrepareCancel, for every request of the ring (Linux 5.19). Completes with their number.</summary>
    public void PrepareCancelAll(ulong userData)
    {
        Prepare(RingOperation.Cancel, -1, 0, 0, 0, userData);
        _slot->OperationFlags = CancelAll | CancelAny;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void PrepareVector(RingOperation operation, int file, int vectorCount, long offset, ulong userData)
    {
        bool fits = (uint)vectorCount <= (uint)_vectorsMax;
        Invariant.Check(fits, "I-93: the vectors fit the slot", vectorCount, _vectorsMax);
        Prepare(operation, file, (nint)_vectors, (uint)vectorCount, offset, userData);
    }

    // Every field that is not named here was zeroed when the slot was handed out.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Prepare(RingOperation operation, int file, nint address, uint length, long offset, ulong userData)
    {
        SubmissionQueueEntry* slot = _slot;
        slot->Operation = operation;
        slot->File = file;
        slot->Offset = (ulong)offset;
        slot->Address = (ulong)address;
        slot->Length = length;
        slot->UserData = userData;
    }
}
