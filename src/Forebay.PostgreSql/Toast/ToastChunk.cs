namespace Forebay.PostgreSql.Toast;

/// <summary>Where a piece of a value lies.</summary>
internal readonly record struct ToastChunk(uint ValueId, int Sequence, uint Block, ushort Item)
    : IComparable<ToastChunk>
{
    public int CompareTo(ToastChunk other) =>
        ValueId != other.ValueId ? ValueId.CompareTo(other.ValueId) : Sequence.CompareTo(other.Sequence);
}
