using System.Buffers.Binary;

namespace Forebay.PostgreSql.Pages;

/// <summary>A read-only view of the 24-byte header at the start of a PostgreSQL page.</summary>
/// <remarks>
/// It reads the span that it was made from each time it is asked, and copies nothing. The fields are what the page
/// says, whether that makes sense or not: ask <see cref="Inspect"/> before offsets are followed.
/// </remarks>
public readonly ref struct PageHeader
{
    /// <summary>The size in bytes of the header.</summary>
    public const int Size = 24;

    private const ushort KnownFlags = 0x0007;
    private const int SpecialAlignment = 8;

    private readonly ReadOnlySpan<byte> _page;

    /// <summary>Looks at the header of a page.</summary>
    /// <param name="page">The whole page; its length is taken for the page size.</param>
    /// <exception cref="ArgumentException"><paramref name="page"/> is shorter than a header.</exception>
    public PageHeader(ReadOnlySpan<byte> page)
    {
        if (page.Length < Size)
            throw new ArgumentException($"A header has {Size} bytes; the page has {page.Length}.", nameof(page));
        _page = page;
    }

    /// <summary>The position in the write-ahead log just past the last record that changed this page.</summary>
    public ulong Lsn =>
        ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(_page) << 32)
        | BinaryPrimitives.ReadUInt32LittleEndian(_page[4..]);

    /// <summary>The stored checksum.</summary>
    public ushort Checksum => Field(PageChecksum.StoredOffset);

    /// <summary>The flag bits, unknown ones included.</summary>
    public PageHeaderBits Flags => (PageHeaderBits)Field(10);

    /// <summary>The offset in bytes where free space starts, just past the line pointers.</summary>
    public ushort Lower => Field(12);

    /// <summary>The offset in bytes where free space ends; 0 on a page that was never initialised.</summary>
    public ushort Upper => Field(14);

    /// <summary>The offset in bytes of the special space, the access method's own trailer.</summary>
    public ushort Special => Field(16);

    /// <summary>The page size in bytes that the page states.</summary>
    public int StatedPageSize => Field(18) & 0xFF00;

    /// <summary>The version of the page layout; 4 since PostgreSQL 8.3.</summary>
    public byte LayoutVersion => (byte)Field(18);

    /// <summary>The oldest transaction whose dead rows may be pruned from the page, or 0.</summary>
    public uint PruneTransaction => BinaryPrimitives.ReadUInt32LittleEndian(_page[20..]);

    /// <summary>Whether the page was never initialised (no <see cref="Upper"/>): it carries no checksum yet.</summary>
    public bool IsNew => Upper == 0;

    /// <summary>Whether a page holds nothing but zero bytes, as after a file was extended: always valid.</summary>
    /// <param name="page">The whole page.</param>
    /// <returns>True if every byte is 0.</returns>
    public static bool IsAllZero(ReadOnlySpan<byte> page) => !page.ContainsAnyExcept((byte)0);

    /// <summary>Applies the rules that PostgreSQL applies to the header of every page that it reads.</summary>
    /// <remarks>
    /// They say nothing useful about an uninitialised page: see <see cref="IsNew"/> and <see cref="IsAllZero"/>.
    /// </remarks>
    /// <returns>The first rule that is broken, or <see cref="PageHeaderFault.None"/>.</returns>
    public PageHeaderFault Inspect()
    {
        if (((ushort)Flags & ~KnownFlags) != 0)
            return PageHeaderFault.UnknownFlags;
        if (Lower > Upper)
            return PageHeaderFault.LowerPastUpper;
        if (Upper > Special)
            return PageHeaderFault.UpperPastSpecial;
        if (Special > _page.Length)
            return PageHeaderFault.SpecialPastEnd;
        if (Special % SpecialAlignment != 0)
            return PageHeaderFault.SpecialUnaligned;
        return PageHeaderFault.None;
    }

    private ushort Field(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(_page[offset..]);
}
