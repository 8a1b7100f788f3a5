using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Forebay.Storage;

namespace Forebay.Buffers;

/// <summary>
/// Which page a frame holds. Packed into three words, because every lookup compares two of these, twice:
/// <code>
/// page    relation in the high half, block in the fork in the low half
/// place   database in the high half, tablespace in the low half
/// fork    the fork's number
/// </code>
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct BufferTag : IEquatable<BufferTag>
{
    private readonly ulong _page;
    private readonly ulong _place;
    private readonly ulong _fork;

    /// <summary>The tag of a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public BufferTag(in RelationLocator locator, ForkNumber fork, uint block)
    {
        _page = ((ulong)locator.Relation << 32) | block;
        _place = ((ulong)locator.Database << 32) | locator.Tablespace;
        _fork = (ulong)fork;
    }

    /// <summary>The relation.</summary>
    public RelationLocator Locator => new((uint)_place, (uint)(_place >> 32), (uint)(_page >> 32));

    /// <summary>The fork.</summary>
    public ForkNumber Fork => (ForkNumber)_fork;

    /// <summary>Block number in the fork.</summary>
    public uint Block => (uint)_page;

    /// <summary>Whether two tags name the same page.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool operator ==(in BufferTag left, in BufferTag right) =>
        left._page == right._page && left._place == right._place && left._fork == right._fork;

    /// <summary>Whether two tags name different pages.</summary>
    public static bool operator !=(in BufferTag left, in BufferTag right) => !(left == right);

    /// <summary>A hash of the whole tag that spreads consecutive blocks over the buckets.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Hash()
    {
        ulong mixed = (_page * 0x9E3779B97F4A7C15UL) ^ ((_place + (_fork << 16)) * 0xC2B2AE3D27D4EB4FUL);
        mixed ^= mixed >> 29;
        mixed *= 0xBF58476D1CE4E5B9UL;
        return (uint)(mixed >> 32);
    }

    /// <summary>Whether two tags are of the same fork of the same relation.</summary>
    public bool IsSameFork(in BufferTag other) =>
        (_page ^ other._page) >> 32 == 0 && _place == other._place && _fork == other._fork;

    /// <summary>By relation, fork and block: pages that can be written together become neighbours.</summary>
    public int CompareTo(in BufferTag other)
    {
        int order = _place.CompareTo(other._place);
        if (order == 0)
            order = (_page >> 32).CompareTo(other._page >> 32);
        if (order == 0)
            order = _fork.CompareTo(other._fork);
        return order == 0 ? Block.CompareTo(other.Block) : order;
    }

    /// <inheritdoc/>
    public bool Equals(BufferTag other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is BufferTag other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)Hash();
}
