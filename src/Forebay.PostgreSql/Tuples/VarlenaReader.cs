using System.Buffers;
using Forebay.PostgreSql.Compression;
using Forebay.PostgreSql.Pages;

namespace Forebay.PostgreSql.Tuples;

/// <summary>Turns a variable-length value as a row stores it into the value itself.</summary>
/// <remarks>
/// Holds buffers that grow to the largest value seen and are used again: nothing is allocated for plain values, and for
/// others only while they grow. One thread at a time.
/// </remarks>
/// <param name="toast">Who fetches values that are stored elsewhere; null to refuse them.</param>
public sealed class VarlenaReader(IToastSource? toast)
{
    private readonly ArrayBufferWriter<byte> _fetched = new();
    private byte[] _raw = [];

    /// <summary>Reads a value.</summary>
    /// <param name="stored">The value as the row stores it.</param>
    /// <param name="content">The value itself; valid until the next call, and while the page is.</param>
    /// <returns>What is wrong, or <see cref="DataFault.None"/>.</returns>
    public DataFault TryRead(ReadOnlySpan<byte> stored, out ReadOnlySpan<byte> content)
    {
        content = default;
        DataFault fault = Varlena.TryParse(stored, out Varlena value);
        if (fault != DataFault.None)
            return fault;
        switch (value.Kind)
        {
            case VarlenaKind.Plain:
                content = value.Payload;
                return DataFault.None;
            case VarlenaKind.Compressed:
                return TryDecompress(value.Payload, value.RawLength, value.Method, out content);
            default:
                return TryFetch(value.Pointer, out content);
        }
    }

    private DataFault TryFetch(ToastPointer pointer, out ReadOnlySpan<byte> content)
    {
        content = default;
        if (toast is null)
            return DataFault.ToastMissing;
        _fetched.ResetWrittenCount();
        DataFault fault = toast.Fetch(pointer, _fetched);
        if (fault != DataFault.None)
            return fault;
        ReadOnlySpan<byte> fetched = _fetched.WrittenSpan;
        if (fetched.Length != pointer.StoredLength)
            return DataFault.ToastChunks;
        if (!pointer.IsCompressed)
        {
            content = fetched;
            return DataFault.None;
        }

        fault = Varlena.CompressedHeaderOf(fetched, out int rawLength, out CompressionMethod method);
        if (fault != DataFault.None)
            return fault;
        if (rawLength != pointer.RawLength || method != pointer.Method)
            return DataFault.CompressedData;
        return TryDecompress(fetched[sizeof(uint)..], rawLength, method, out content);
    }

    private DataFault TryDecompress(
        ReadOnlySpan<byte> compressed, int rawLength, CompressionMethod method, out ReadOnlySpan<byte> content)
    {
        content = default;
        // Asked before memory is: few bytes cannot claim a gigabyte.
        if (rawLength > Decompressor.RawLengthMax(compressed.Length, method))
            return DataFault.CompressedData;
        if (_raw.Length < rawLength)
            _raw = GC.AllocateUninitializedArray<byte>(Math.Max(rawLength, Math.Min(_raw.Length * 2, 1 << 20)));
        Span<byte> raw = _raw.AsSpan(0, rawLength);
        if (!Decompressor.TryDecompress(compressed, raw, method))
            return DataFault.CompressedData;
        content = raw;
        return DataFault.None;
    }
}
