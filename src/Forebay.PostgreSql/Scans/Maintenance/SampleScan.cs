using Forebay.Buffers;
using Forebay.PostgreSql.Pages;
using Forebay.Streams;

namespace Forebay.PostgreSql.Scans.Maintenance;

/// <summary>The visible rows of some blocks of a table, picked at random, as ANALYZE reads them.</summary>
public sealed class SampleScan : HeapScan
{
    private readonly ReadStream<BlockSample> _stream;
    private readonly uint _blocks;

    /// <summary>Begins a scan.</summary>
    /// <param name="table">The table.</param>
    /// <param name="blocks">How many blocks to read; all if the table does not have more.</param>
    /// <param name="seed">Which blocks: the same seed picks the same of a table of the same size.</param>
    public SampleScan(HeapRelation table, uint blocks, int seed)
        : base(table)
    {
        ArgumentNullException.ThrowIfNull(table);
        _blocks = table.BlockCount;
        _stream = table.Session.OpenReadStream(table.Main, new BlockSample(_blocks, blocks, seed), new ReadStreamOptions
        {
            Flags = ReadStreamFlags.Maintenance | ReadStreamFlags.UseBatching,
            Strategy = AccessStrategy.Vacuum,
        });
    }

    /// <inheritdoc/>
    public override ScanStatistics Statistics => new(Rows, _stream.Statistics);

    /// <summary>
    /// Rows of the whole table, if all blocks hold as many as those read so far; exact if all are read, 0 before the
    /// first.
    /// </summary>
    public double RowsEstimate
    {
        get
        {
            long pages = _stream.Statistics.PagesReturned;
            return pages == 0 ? 0 : (double)(Rows + RowsLeft) / pages * _blocks;
        }
    }

    private protected override PinnedPage Turned => _stream.Current;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _stream.Dispose();
    }

    private protected override bool TryTurn(out PinnedPage page) => _stream.TryNext(out page);

    private protected override ValueTask<bool> TurnAsync(CancellationToken cancellationToken) =>
        _stream.NextAsync(cancellationToken);

    private protected override int Choose(in ItemPage page, uint block, Span<ushort> items) =>
        ChooseVisible(page, block, items);
}
