using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Forebay.ModelCheck.Checking;

/// <summary>The shared memory of a model: a few records at fixed places, zeroed before each run.</summary>
internal sealed unsafe class ModelMemory : IDisposable
{
    public const int Bytes = 1024;

    public ModelMemory() => Address = (nint)NativeMemory.AllocZeroed(Bytes);

    public nint Address { get; }

    /// <summary>All of it.</summary>
    public Span<byte> Content => new((void*)Address, Bytes);

    /// <summary>A record at a place in bytes.</summary>
    public ref T At<T>(int place)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(place + sizeof(T), Bytes);
        return ref Unsafe.AsRef<T>((void*)(Address + place));
    }

    public void Dispose() => NativeMemory.Free((void*)Address);
}
