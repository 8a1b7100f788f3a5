using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Forebay.Memory;

namespace Forebay.ModelCheck.Checking;

/// <summary>The shared memory of a model as the thread that is running at this moment sees it.</summary>
internal sealed unsafe class ModelMemory(int bytes) : IDisposable
{
    /// <summary>Where it is.</summary>
    public nint Address { get; } = (nint)NativeMemory.AlignedAlloc((nuint)bytes, 128);

    /// <summary>All of it.</summary>
    public Span<ulong> Words => new((void*)Address, bytes / sizeof(ulong));

    /// <summary>Its length.</summary>
    public int Bytes => bytes;

    /// <summary>A record at a place in bytes.</summary>
    public ref T At<T>(int place)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(place + sizeof(T), bytes);
        return ref Unsafe.AsRef<T>((void*)(Address + place));
    }

    /// <summary>Records at a place in bytes.</summary>
    public SegmentArray<T> Array<T>(int place, int count)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(place + count * sizeof(T), bytes);
        return new SegmentArray<T>(Address + place, count);
    }

    /// <summary>The place of a word.</summary>
    public int PlaceOf<T>(ref T word)
        where T : unmanaged
    {
        long place = (nint)Unsafe.AsPointer(ref word) - Address;
        return place >= 0 && place + sizeof(T) <= bytes
            ? (int)place
            : throw new InvalidOperationException("A step on memory that is not the model's.");
    }

    public void Dispose() => NativeMemory.AlignedFree((void*)Address);
}
