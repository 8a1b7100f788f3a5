using System.Buffers;

namespace Forebay.Tool.Scanning.Output;

/// <summary>Bytes on their way out: grows to the largest row seen, and is used again. One thread at a time.</summary>
internal sealed class OutputBuffer : IBufferWriter<byte>
{
    private const int InitialBytes = 128 << 10;
    private const int LengthMax = 0x7FFF_FFC7; // the runtime's limit of an array

    private byte[] _bytes = new byte[InitialBytes];

    /// <summary>How much was written.</summary>
    public int Length { get; private set; }

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>What was written from some point on, to be changed where it is.</summary>
    public Span<byte> WrittenFrom(int start) => _bytes.AsSpan(start, Length - start);

    /// <summary>Begins anew.</summary>
    public void Clear() => Length = 0;

    /// <summary>Takes back what was written last.</summary>
    public void CutTo(int length) => Length = length;

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_bytes.Length - Length));
        Length += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _bytes.AsMemory(Length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _bytes.AsSpan(Length);
    }

    /// <summary>Writes one byte.</summary>
    public void Put(byte value)
    {
        if (Length == _bytes.Length)
            Grow(1);
        _bytes[Length++] = value;
    }

    /// <summary>Writes bytes.</summary>
    public void Put(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _bytes.Length - Length)
            Grow(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    private void Grow(int room)
    {
        room = Math.Max(room, 1);
        if (room <= _bytes.Length - Length)
            return;
        long wanted = Math.Min(LengthMax, Math.Max(2L * _bytes.Length, (long)Length + room));
        if (wanted < (long)Length + room)
            throw new IOException("A row is longer than 2 GiB as text.");
        Array.Resize(ref _bytes, (int)wanted);
    }
}
