using System.Runtime.InteropServices;
using Forebay.Interop;

namespace Forebay.Tests.Interop.IoUring;

// Page-aligned memory that the collector never moves.
internal sealed unsafe class RingMemory : IDisposable
{
    private readonly void* _start;

    // SAFETY: the block is freed in Dispose, after the ring that used it is gone or idle; the span bounds it.
    public RingMemory(int length)
    {
        Length = length;
        _start = NativeMemory.AlignedAlloc((nuint)length, 4096);
        Span.Clear();
    }

    public int Length { get; }

    public nint Address => (nint)_start;

    public Span<byte> Span => new(_start, Length);

    public IoVector Vector => new(Address, (nuint)Length);

    public IoVector Part(int offset, int length) => new(Address + offset, (nuint)length);

    public void Dispose() => NativeMemory.AlignedFree(_start);
}
