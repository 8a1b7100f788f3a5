using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Forebay.Interop.IoUring;

/// <summary>struct io_uring_probe with room for every operation number there can be.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct OperationProbe
{
    public const int OperationsMax = 256;
    public const ushort Supported = 1 << 0;

    public byte LastOperation;
    public byte OperationCount;
    public ushort Reserved;
    public uint Reserved0;
    public uint Reserved1;
    public uint Reserved2;
    public Table Operations;

    /// <summary>struct io_uring_probe_op.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Operation
    {
        public byte Number;
        public byte Reserved;
        public ushort Flags;
        public uint Reserved2;
    }

    [InlineArray(OperationsMax)]
    public struct Table
    {
        private Operation _first;
    }
}
