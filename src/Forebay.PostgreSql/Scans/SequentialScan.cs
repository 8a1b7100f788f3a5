using Forebay.Buffers;
using Forebay.PostgreSql.Pages;
using Forebay.Streams;

namespace Forebay.PostgreSql.Scans;

/// <summary>
/// The visible rows of a table, of a range of it, or of a share that several sessions divide, in the order of their
/// places.
/// </summary>
public sealed class SequentialScan : HeapScan
{
    private const ReadStreamFlags Flags = ReadStreamFlags.Sequential | ReadStreamFlags.UseBatching;

    private readonly ReadStream _stream;
    private readonly TidRange _range;

    internal SequentialScan(HeapRelation relation, SequentialScanOptions options)
        : base(relation)
    {
        _range = options.Range;
        uint blocks = relation.BlockCount;
        var how = new ReadStreamOptions
        {
            Flags = Flags,
            Strategy = options.Strategy ?? relation.BulkStrategy,
            Concurrency = options.Concurrency,
            CombineLimit = options.CombineLimit,
        };
        _stream = options.Shared is { } shared
            ? relation.Session.OpenReadStream(relation.Main, new SharedBlockSource(shared), how)
            : relation.Session.OpenReadStream(relation.Main, BlocksOf(_range, blocks), how);
    }

    /// <inheritdoc/>
    public override ScanStatistics Statistics => new(Rows, _stream.Statistics);

    private protected override PinnedPage Turned => _stream.Current;

    /// <summary>
    /// Counts the rows that are left: page by page, rows of all-visible pages without looking at them. Blocks the
    /// thread while pages are read.
    /// </summary>
    /// <returns>How many rows there were; the scan is at its end.</returns>
    /// <exception cref="DamagedDataException">A page or a row makes no sense.</exception>
    /// <exception cref="PageException">A page fails the instance's check.</exception>
    public long Count()
    {
        long count = SkipRest();
        while (_stream.TryNext(out PinnedPage page))
        {
            using (page)
                count += CountOf(page);
        }

        Rows += count;
        return count;
    }

    /// <summary>As <see cref="Count"/> without blocking the thread.</summary>
    /// <param name="cancellationToken">Ends the waiting; what was counted is lost.</param>
    /// <returns>How many rows there were. Awaited before the session is used again.</returns>
    public async ValueTask<long> CountAsync(CancellationToken cancellationToken = default)
    {
        long count = SkipRest();
        while (await _stream.NextAsync(cancellationToken).ConfigureAwait(false))
        {
            using PinnedPage page = _stream.Current;
            count += CountOf(page);
        }

        Rows += count;
        return count;
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
        int visible = ChooseVisible(page, block, items);
        return _range.HasAllOf(block) ? visible : Within(block, items[..visible]);
    }

    private static BlockRange BlocksOf(TidRange range, uint blocks)
    {
        uint end = Math.Min(blocks, range.High.Block == uint.MaxValue ? blocks : range.High.Block + 1);
        uint start = Math.Min(range.Low.Block, end);
        return new BlockRange(start, end);
    }

    private int Within(uint block, Span<ushort> items)
    {
        int count = 0;
        foreach (ushort item in items)
        {
            if (_range.Has(block, item))
                items[count++] = item;
        }

        return count;
    }

    private int CountOf(PinnedPage page)
    {
        DataFault fault = ItemPage.TryOpen(page.Span, out ItemPage items);
        if (fault != DataFault.None)
            throw new DamagedDataException(Table.Main.Path, page.Block, 0, fault);
        if (_range != TidRange.All && !_range.HasAllOf(page.Block))
            return CountWithin(items, page.Block);
        fault = Table.Visibility.Count(items, out int visible, out int item);
        if (fault != DataFault.None)
            throw new DamagedDataException(Table.Main.Path, page.Block, item, fault);
        return visible;
    }

    private int CountWithin(in ItemPage items, uint block)
    {
        Span<ushort> chosen = stackalloc ushort[ItemsMax];
        return Choose(items, block, chosen);
    }
}
