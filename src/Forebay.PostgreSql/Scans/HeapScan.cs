using System.Runtime.CompilerServices;
using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Tuples;
using Forebay.PostgreSql.Visibility;
using Forebay.Streams;

namespace Forebay.PostgreSql.Scans;

/// <summary>
/// Rows of a table, one after another: what all kinds of scan have in common. A kind says which page is next
/// and which of its items are wanted; here they are checked, and handed out.
/// </summary>
/// <remarks>
/// <para>One flow at a time, that of the session. The page of the current row is pinned, and given back when the scan
/// moves on or is disposed. Nothing is allocated per page or row.</para>
/// <para>A page is looked through as a whole when the scan comes to it: damage is raised before its first row.</para>
/// </remarks>
public abstract class HeapScan : IDisposable
{
    private protected const int ItemsMax = (PageChecksum.PageSize - PageHeader.Size) / LinePointer.Size;

    private readonly RowReader _reader;
    private readonly ushort[] _items = new ushort[ItemsMax];
    private readonly LinePointer[] _pointers = new LinePointer[ItemsMax];
    private PinnedPage _page;
    private uint _block;
    private int _count;
    private int _current = -1;

    private protected HeapScan(HeapRelation relation)
    {
        Table = relation;
        _reader = new RowReader(relation);
    }

    /// <summary>The table.</summary>
    public HeapRelation Table { get; }

    /// <summary>What the scan has done so far.</summary>
    public abstract ScanStatistics Statistics { get; }

    /// <summary>Rows handed out or counted so far.</summary>
    private protected long Rows { get; set; }

    /// <summary>The row that <see cref="NextAsync"/> found; valid until the next call.</summary>
    /// <exception cref="InvalidOperationException">The scan is not on a row.</exception>
    public HeapRow Current
    {
        get
        {
            if (_current < 0 || _current >= _count)
                throw new InvalidOperationException("The scan is not on a row.");
            LinePointer pointer = _pointers[_current];
            return new HeapRow(
                _reader,
                new ItemPointer(_block, _items[_current]),
                _page.Span.Slice(pointer.Offset, pointer.Length));
        }
    }

    /// <summary>Takes the next row; blocks the thread while its page is being read.</summary>
    /// <param name="row">The row; valid until the next call.</param>
    /// <returns>False at the end.</returns>
    /// <exception cref="DamagedDataException">A page or a row makes no sense.</exception>
    /// <exception cref="Forebay.Buffers.PageException">A page fails the instance's check.</exception>
    /// <exception cref="Forebay.Storage.StorageException">A page cannot be read.</exception>
    public bool TryNext(out HeapRow row)
    {
        while (!Advance())
        {
            Leave();
            if (!TryTurn(out PinnedPage page))
            {
                row = default;
                return false;
            }

            Enter(page);
        }

        row = Current;
        return true;
    }

    /// <summary>
    /// Takes the next row without blocking the thread; then it is <see cref="Current"/>. On a page that is there
    /// already: completes at once, without allocation.
    /// </summary>
    /// <param name="cancellationToken">Ends the waiting, not the reading: the same row is next.</param>
    /// <returns>False at the end. Awaited before the session is used again.</returns>
    /// <exception cref="DamagedDataException">A page or a row makes no sense.</exception>
    public ValueTask<bool> NextAsync(CancellationToken cancellationToken = default) =>
        Advance() ? new ValueTask<bool>(true) : TurnAndAdvanceAsync(cancellationToken);

    /// <summary>Ends the scan and gives its pages back.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the scan and gives its pages back.</summary>
    /// <param name="disposing">Always true.</param>
    protected virtual void Dispose(bool disposing) => Leave();

    /// <summary>Takes the next page; its pin goes to the caller.</summary>
    private protected abstract bool TryTurn(out PinnedPage page);

    /// <summary>As <see cref="TryTurn"/>; the page is then <see cref="Turned"/>.</summary>
    private protected abstract ValueTask<bool> TurnAsync(CancellationToken cancellationToken);

    /// <summary>The page of the last <see cref="TurnAsync"/> that came out true.</summary>
    private protected abstract PinnedPage Turned { get; }

    /// <summary>Which items of a page are wanted, in the order in which they are handed out.</summary>
    /// <param name="page">The page that the scan has come to.</param>
    /// <param name="block">Its block.</param>
    /// <param name="items">Where their numbers go: room for every item of a page.</param>
    /// <returns>How many there are.</returns>
    private protected abstract int Choose(in ItemPage page, uint block, Span<ushort> items);

    /// <summary>The items of a page that are visible.</summary>
    private protected int ChooseVisible(in ItemPage page, uint block, Span<ushort> items)
    {
        DataFault fault = Table.Visibility.List(page, items, out int visible, out int item);
        DamagedDataException.ThrowIf(fault, Table.Main.Path, block, item);
        return visible;
    }

    /// <summary>Puts in place of each item that an index names the visible version of its row.</summary>
    /// <param name="page">The page.</param>
    /// <param name="block">Its block.</param>
    /// <param name="items">The items; those that are left come first.</param>
    /// <returns>How many are left.</returns>
    private protected int ChooseVersions(in ItemPage page, uint block, Span<ushort> items)
    {
        int count = 0;
        foreach (ushort root in items)
        {
            DataFault fault = HotChain.TryFind(page, root, Table.Visibility, out int visible, out int item);
            DamagedDataException.ThrowIf(fault, Table.Main.Path, block, item);
            if (visible != 0)
                items[count++] = (ushort)visible;
        }

        return count;
    }

    /// <summary>Rows of the page that the scan is on which have not been handed out yet.</summary>
    private protected int RowsLeft => Math.Max(0, _count - _current - 1);

    /// <summary>Passes over what is left of the page that the scan is on.</summary>
    /// <returns>How many rows that were.</returns>
    private protected int SkipRest()
    {
        int left = RowsLeft;
        Leave();
        return left;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Advance()
    {
        if (_current + 1 >= _count)
            return false;
        _current++;
        Rows++;
        _reader.Begin();
        return true;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> TurnAndAdvanceAsync(CancellationToken cancellationToken)
    {
        do
        {
            Leave();
            if (!await TurnAsync(cancellationToken).ConfigureAwait(false))
                return false;
            Enter(Turned);
        }
        while (!Advance());

        return true;
    }

    private void Enter(PinnedPage page)
    {
        _page = page; // from here on Leave gives it back, whatever is thrown
        _block = page.Block;
        ReadOnlySpan<byte> bytes = page.Span;
        DamagedDataException.ThrowIf(ItemPage.TryOpen(bytes, out ItemPage items), Table.Main.Path, _block);
        int count = Choose(items, _block, _items);
        for (int i = 0; i < count; i++)
        {
            int item = _items[i];
            DataFault fault = items.TryItem(item, out ReadOnlySpan<byte> row);
            if (fault == DataFault.None)
                fault = HeapTuple.TryParse(row, out _);
            DamagedDataException.ThrowIf(fault, Table.Main.Path, _block, item);
            _pointers[i] = items.Pointer(item);
        }

        _count = count;
    }

    private void Leave()
    {
        _count = 0;
        _current = -1;
        _page.Dispose();
        _page = default;
    }
}
