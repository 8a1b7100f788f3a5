using Forebay.PostgreSql.Pages;
using Forebay.Storage;
using Forebay.Streams;

namespace Forebay.PostgreSql.Scans;

/// <summary>Which pages of a table hold nothing but rows that everybody sees: two bits a page, in a fork.</summary>
/// <remarks>
/// The page of the map that was asked last stays pinned until another is, or the map is disposed: a scan in block order
/// reads each page of the map once. One flow at a time, that of the session. A lookup may wait for a page of the map,
/// so a block source that asks it must not be batched.
/// </remarks>
public sealed class VisibilityMap : IDisposable
{
    private const int BitsPerBlock = 2;
    private const int BlocksPerByte = 8 / BitsPerBlock;
    private const int AllVisibleBit = 1;
    private const int AllFrozenBit = 2;
    internal const uint BlocksPerPage = (PageChecksum.PageSize - PageHeader.Size) * BlocksPerByte;

    private readonly ForebaySession _session;
    private readonly RelationFork _fork;
    private readonly uint _pages;
    private PinnedPage _page;
    private long _pinned = -1;

    internal VisibilityMap(ForebaySession session, RelationFork fork)
    {
        _session = session;
        _fork = fork;
        _pages = session.Exists(fork) ? session.GetBlockCount(fork) : 0;
    }

    /// <summary>Whether all rows of a block are visible to everybody, and none is dead.</summary>
    /// <param name="block">The block of the table.</param>
    /// <exception cref="Forebay.Buffers.PageException">The page of the map is damaged.</exception>
    public bool IsAllVisible(uint block) => (Bits(block) & AllVisibleBit) != 0;

    /// <summary>Whether besides all rows of a block are frozen.</summary>
    /// <param name="block">The block of the table.</param>
    /// <exception cref="Forebay.Buffers.PageException">The page of the map is damaged.</exception>
    public bool IsAllFrozen(uint block) => (Bits(block) & AllFrozenBit) != 0;

    /// <summary>Counts the all-visible blocks among the first ones of the table.</summary>
    /// <param name="blocks">How many blocks the table has; bits beyond are left out.</param>
    /// <exception cref="Forebay.Buffers.PageException">A page of the map is damaged.</exception>
    public long CountAllVisible(uint blocks)
    {
        long count = 0;
        for (uint block = 0; block < blocks && block / BlocksPerPage < _pages; block++)
            count += IsAllVisible(block) ? 1 : 0;
        return count;
    }

    /// <summary>Lets go of the page of the map.</summary>
    public void Dispose()
    {
        _page.Dispose();
        _page = default;
        _pinned = -1;
    }

    private int Bits(uint block)
    {
        uint page = block / BlocksPerPage;
        if (page != _pinned)
        {
            if (page >= _pages)
                return 0;
            Dispose();
            _page = _session.Read(_fork, page);
            _pinned = page;
        }

        uint within = block % BlocksPerPage;
        return _page.Span[PageHeader.Size + (int)(within / BlocksPerByte)]
            >> (int)(within % BlocksPerByte * BitsPerBlock);
    }
}
