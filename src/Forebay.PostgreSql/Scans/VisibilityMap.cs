using System.Numerics;
using System.Runtime.InteropServices;
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
    private const ulong AllVisibleBits = 0x5555_5555_5555_5555;

    /// <summary>Blocks of the table that one page of the map tells of.</summary>
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

    /// <summary>Opens the map of a table.</summary>
    /// <param name="session">The session that reads.</param>
    /// <param name="table">The table.</param>
    /// <returns>The map, the caller's to dispose; of a table without one, no block is all-visible.</returns>
    public static VisibilityMap Open(ForebaySession session, RelationLocator table)
    {
        ArgumentNullException.ThrowIfNull(session);
        return new VisibilityMap(session, session.Instance.Relation(table).VisibilityMap);
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
        for (uint page = 0; page < _pages && page * (ulong)BlocksPerPage < blocks; page++)
        {
            uint first = page * BlocksPerPage;
            Load(first);
            count += Count(_page.Span[PageHeader.Size..], Math.Min(BlocksPerPage, blocks - first));
        }

        return count;
    }

    /// <summary>Lets go of the page of the map.</summary>
    public void Dispose()
    {
        _page.Dispose();
        _page = default;
        _pinned = -1;
    }

    /// <summary>Counts the all-visible blocks among the first ones of a page of the map.</summary>
    /// <param name="map">The page without its header.</param>
    /// <param name="blocks">How many blocks count.</param>
    internal static int Count(ReadOnlySpan<byte> map, uint blocks)
    {
        int whole = (int)(blocks / BlocksPerByte);
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(map[..whole]);
        int count = 0;
        foreach (ulong word in words)
            count += BitOperations.PopCount(word & AllVisibleBits);
        foreach (byte four in map[(words.Length * sizeof(ulong))..whole])
            count += BitOperations.PopCount(four & AllVisibleBits);
        int rest = (int)(blocks % BlocksPerByte);
        return rest == 0
            ? count
            : count + BitOperations.PopCount(map[whole] & AllVisibleBits & ((1UL << (BitsPerBlock * rest)) - 1));
    }

    /// <summary>Whether a lookup of a block waits for nothing.</summary>
    internal bool IsLoaded(uint block) => block / BlocksPerPage is var page && (page == _pinned || page >= _pages);

    /// <summary>Gets the page that tells of a block; blocks the thread while it is read.</summary>
    internal void Load(uint block)
    {
        if (IsLoaded(block))
            return;
        uint page = block / BlocksPerPage;
        Dispose();
        _page = _session.Read(_fork, page);
        _pinned = page;
    }

    /// <summary>As <see cref="Load"/> without blocking the thread.</summary>
    internal async ValueTask LoadAsync(uint block, CancellationToken cancellationToken)
    {
        if (IsLoaded(block))
            return;
        uint page = block / BlocksPerPage;
        Dispose();
        _page = await _session.ReadAsync(_fork, page, cancellationToken).ConfigureAwait(false);
        _pinned = page;
    }

    private int Bits(uint block)
    {
        if (block / BlocksPerPage >= _pages)
            return 0;
        Load(block);
        uint within = block % BlocksPerPage;
        return _page.Span[PageHeader.Size + (int)(within / BlocksPerByte)]
            >> (int)(within % BlocksPerByte * BitsPerBlock);
    }
}
