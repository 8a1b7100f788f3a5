using System.Buffers.Binary;
using Forebay.Buffers;

namespace Forebay.PostgreSql.Pages;

/// <summary>PostgreSQL's rules for the pages of relations, as the server applies them on reading and writing.</summary>
/// <remarks>
/// Free of state: the instances are shared by all threads and need not be disposed of. A page of a length other than
/// <see cref="PageChecksum.PageSize"/> is damaged.
/// </remarks>
public sealed class PostgreSqlPageCheck : PageCheck
{
    private readonly bool _header;
    private readonly bool _checksum;

    private PostgreSqlPageCheck(string name, bool header, bool checksum)
    {
        Name = name;
        _header = header;
        _checksum = checksum;
    }

    /// <summary>
    /// What a server with data checksums does: an uninitialised page must be all zeros; any other must have a sane
    /// header and the right checksum.
    /// </summary>
    public static PostgreSqlPageCheck HeaderAndChecksum { get; } =
        new("postgresql", header: true, checksum: true);

    /// <summary>What a server without data checksums does: like the above, with the checksum left alone.</summary>
    public static PostgreSqlPageCheck HeaderOnly { get; } =
        new("postgresql-header", header: true, checksum: false);

    /// <summary>
    /// What <c>pg_checksums --check</c> does: an uninitialised page is good whatever else it holds; any other must have
    /// the right checksum, and its header is not looked at.
    /// </summary>
    public static PostgreSqlPageCheck ChecksumOnly { get; } =
        new("postgresql-checksum", header: false, checksum: true);

    /// <inheritdoc/>
    public override string Name { get; }

    /// <summary>Judges a page that was just read.</summary>
    /// <param name="page">The whole page.</param>
    /// <param name="block">Its block number in the whole relation fork.</param>
    /// <returns>
    /// <see cref="PageVerdict.ChecksumFailure"/> if nothing but the checksum is wrong, which
    /// <see cref="PageChecksum.Compute"/> and <see cref="PageChecksum.Stored"/> then tell.
    /// </returns>
    public override PageVerdict Check(ReadOnlySpan<byte> page, uint block)
    {
        if (page.Length != PageChecksum.PageSize)
            return PageVerdict.Damaged;

        var header = new PageHeader(page);
        if (header.IsNew)
            return !_header || PageHeader.IsAllZero(page) ? PageVerdict.Good : PageVerdict.Damaged;
        if (_header && header.Inspect() != PageHeaderFault.None)
            return PageVerdict.Damaged;
        if (_checksum && PageChecksum.Compute(page, block) != header.Checksum)
            return PageVerdict.ChecksumFailure;
        return PageVerdict.Good;
    }

    /// <summary>Stores the checksum in a page that goes out, unless it is uninitialised or checksums are off.</summary>
    /// <param name="page">The whole page.</param>
    /// <param name="block">Its block number in the whole relation fork.</param>
    public override void Seal(Span<byte> page, uint block)
    {
        if (!_checksum || page.Length != PageChecksum.PageSize || new PageHeader(page).IsNew)
            return;
        ushort checksum = PageChecksum.Compute(page, block);
        BinaryPrimitives.WriteUInt16LittleEndian(page[PageChecksum.StoredOffset..], checksum);
    }
}
