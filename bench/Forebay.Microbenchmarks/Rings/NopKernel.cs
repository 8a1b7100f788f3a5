using Forebay.Interop;
using Forebay.Interop.IoUring;

namespace Forebay.Microbenchmarks.Rings;

/// <summary>
/// The real kernel, but every request is turned into a NOP that reports full success, in the moment it is submitted:
/// all of the library's path is there, and no device. It serves the ring that was set up last; probes come before.
/// </summary>
internal sealed unsafe class NopKernel : IRingKernel, IDisposable
{
    private const uint InjectResult = 1;
    private const long EntriesOffset = 0x10000000;
    private const int ReadWrite = 3;
    private const int Shared = 1;

    private int _ring = -1;
    private nint _queues;
    private nint _entryMemory;
    private nuint _queuesLength;
    private nuint _entriesLength;
    private uint* _head;
    private uint _mask;
    private SubmissionQueueEntry* _entries;

    public int Setup(uint entries, RingParameters* parameters)
    {
        int ring = RingKernel.Instance.Setup(entries, parameters);
        if (ring < 0)
            return ring;
        Unmap();
        _ring = ring;
        _queuesLength = parameters->SubmissionQueue.RingMask + sizeof(uint);
        _queuesLength = Math.Max(_queuesLength, parameters->SubmissionQueue.Head + sizeof(uint));
        _entriesLength = parameters->SubmissionEntries * (nuint)sizeof(SubmissionQueueEntry);
        _queues = Libc.Map(0, _queuesLength, ReadWrite, Shared, ring, 0);
        _entryMemory = Libc.Map(0, _entriesLength, ReadWrite, Shared, ring, EntriesOffset);
        _head = (uint*)(_queues + (nint)parameters->SubmissionQueue.Head);
        _mask = *(uint*)(_queues + (nint)parameters->SubmissionQueue.RingMask);
        _entries = (SubmissionQueueEntry*)_entryMemory;
        return ring;
    }

    public int Enter(
        int ring, uint submitCount, uint completeMin, RingEnterFlags flags, void* argument, nuint argumentSize)
    {
        if (ring != _ring)
            return RingKernel.Instance.Enter(ring, submitCount, completeMin, flags, argument, argumentSize);
        uint head = Volatile.Read(ref *_head);
        for (uint i = 0; i < submitCount; i++)
        {
            SubmissionQueueEntry* entry = _entries + ((head + i) & _mask);
            entry->Operation = RingOperation.NoOperation;
            entry->Flags = SubmissionFlags.None;
            entry->OperationFlags = InjectResult; // completes with Length
        }

        return RingKernel.Instance.Enter(ring, submitCount, completeMin, flags, argument, argumentSize);
    }

    public int Register(int ring, RingRegisterOperation operation, void* argument, uint count) =>
        RingKernel.Instance.Register(ring, operation, argument, count);

    public void Dispose() => Unmap();

    private void Unmap()
    {
        if (_ring < 0)
            return;
        _ring = -1;
        _ = Libc.Unmap(_queues, _queuesLength);
        _ = Libc.Unmap(_entryMemory, _entriesLength);
    }
}
