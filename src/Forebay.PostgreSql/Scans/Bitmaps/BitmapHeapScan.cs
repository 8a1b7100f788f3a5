using Forebay.PostgreSql.Pages;
using Forebay.Streams;

namespace Forebay.PostgreSql.Scans.Bitmaps;

/// <summary>The visible rows at the places of a set, in the order of where they lie.</summary>
/// <remarks>
/// The pages between are passed over. Places are those that an index names: where a chain of versions of a row begins;
/// its visible version is handed out. Of lossy pages all visible rows are; then <see cref="NeedsRecheck"/> says that
/// the row may not be meant.
/// </remarks>
public sealed class BitmapHeapScan : HeapScan
{
    private readonly BitmapPage[] _pages;
    private readonly ReadStream<BitmapBlocks, int> _stream;

    /// <summary>Begins a scan.</summary>
    /// <param name="table">The table.</param>
    /// <param name="places">The places; copied. Pages past the table's end are passed over.</param>
    public BitmapHeapScan(HeapRelation table, TidBitmap places)
        : base(table)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(places);
        _pages = places.Pages();
        var source = new BitmapBlocks(_pages, table.BlockCount);
        _stream = table.Session.OpenReadStream<BitmapBlocks, int>(table.Main, source, new ReadStreamOptions
        {
            Flags = ReadStreamFlags.UseBatching,
            Strategy = table.BulkStrategy,
        });
    }

    /// <summary>Whether the row that was handed out last may not be meant: its page is lossy.</summary>
    public bool NeedsRecheck { get; private set; }

    /// <summary>Lossy pages that have been looked at.</summary>
    public long LossyPages { get; private set; }

    /// <summary>Pages that have been looked at whose items were known.</summary>
    public long ExactPages { get; private set; }

    /// <inheritdoc/>
    public override ScanStatistics Statistics => new(Rows, _stream.Statistics);

    private protected override PinnedPage Turned => _stream.Current;

    /// <summary>As <see cref="HeapScan.TryNext(out HeapRow)"/>, and passes over rows that are not meant.</summary>
    /// <param name="recheck">Says whether a row is meant; asked for rows of lossy pages only.</param>
    /// <param name="row">The row; valid until the next call.</param>
    /// <returns>False at the end.</returns>
    public bool TryNext(RowCondition recheck, out HeapRow row)
    {
        ArgumentNullException.ThrowIfNull(recheck);
        while (TryNext(out row))
        {
            if (!NeedsRecheck || recheck(row))
                return true;
        }

        return false;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _stream.Dispose();
    }

    private protected override bool TryTurn(out PinnedPage page) => _stream.TryNext(out page);

    private protected override ValueTask<bool> TurnAsync(CancellationToken cancellationToken) =>
        _stream.NextAsync(cancellationToken);

    private protected override int Choose(in ItemPage page, uint block, Span<ushort> items)
    {
        ref readonly BitmapPage wanted = ref _pages[_stream.CurrentData];
        NeedsRecheck = wanted.IsLossy;
        if (wanted.IsLossy)
        {
            LossyPages++;
            return ChooseVisible(page, block, items);
        }

        ExactPages++;
        int count = wanted.Items.List(items);
        count = ChooseVersions(page, block, items[..count]);
        // The version in sight may lie before that of a row whose chain begins earlier.
        items[..count].Sort();
        return count;
    }
}
