using System.Runtime.InteropServices;

namespace Forebay.Handles;

/// <summary>
/// The distilled outcome of an operation: a value that travels through shared memory until the issuer reads it.
/// The callback named by <see cref="CallbackId"/> wrote <see cref="Detail"/> and alone knows how to report it.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 12)]
public readonly record struct IoResult
{
    /// <summary>A result of the given parts.</summary>
    public IoResult(IoStatus status, int value, byte callbackId = 0, uint detail = 0)
    {
        Value = value;
        Detail = detail;
        CallbackId = callbackId;
        Status = status;
    }

    /// <summary>
    /// Bytes or blocks transferred, as the outermost callback defines; -errno before any callback ran.
    /// </summary>
    public int Value { get; }

    /// <summary>What the callback wants to remember of the failure.</summary>
    public uint Detail { get; }

    /// <summary>The callback that produced status and detail; zero = none.</summary>
    public byte CallbackId { get; }

    /// <summary>How it ended.</summary>
    public IoStatus Status { get; }
}
