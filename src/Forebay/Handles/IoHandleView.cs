namespace Forebay.Handles;

/// <summary>
/// A handle as callbacks, methods and hold points may see it: what the operation is, not where it stands. Lives only
/// within the call that received it; the values are stable from Staged until the completion of the shared hooks.
/// </summary>
public readonly ref struct IoHandleView
{
    private readonly ref IoHandle _handle;
    private readonly IoHandleTable _table;

    internal IoHandleView(IoHandleTable table, int index)
    {
        _table = table;
        Index = index;
        _handle = ref table[index];
    }

    /// <summary>Index of the handle.</summary>
    public int Index { get; }

    /// <summary>Reference to this use of the handle.</summary>
    public IoWaitReference Reference => IoWaitReference.To(Index, _handle.Word.Generation);

    /// <summary>Slot of the owning session.</summary>
    public int Owner => _handle.Owner;

    /// <summary>What is done.</summary>
    public IoOperation Operation => _handle.Operation;

    /// <summary>Flags.</summary>
    public IoHandleFlags Flags => _handle.Flags;

    /// <summary>Byte offset in the file.</summary>
    public long Offset => _handle.Offset;

    /// <summary>Bytes to transfer.</summary>
    public int Length => _handle.Length;

    /// <summary>Target id.</summary>
    public byte TargetId => _handle.TargetId;

    /// <summary>What it is done to.</summary>
    public ref readonly IoTargetData Target => ref _handle.Target;

    /// <summary>Frame arena of the memory.</summary>
    public int Arena => _handle.Arena;

    /// <summary>Frames of the transfer in file order.</summary>
    public ReadOnlySpan<int> Frames => _table.Frames(Index);

    /// <summary>Data words, widened to 64 bits; empty if none were set.</summary>
    public ReadOnlySpan<long> Data => _table.DataRoom(Index)[.._handle.DataLength];
}
