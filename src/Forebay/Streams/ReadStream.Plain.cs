using Forebay.Buffers;
using Forebay.Storage;

namespace Forebay.Streams;

/// <summary>A <see cref="ReadStream"/> over a source of plain block numbers.</summary>
/// <typeparam name="TSource">Names the blocks.</typeparam>
public sealed class ReadStream<TSource> : ReadStream
    where TSource : struct, IBlockSource
{
    private readonly NoData[] _data;
    private PlainSource<TSource> _source;

    /// <summary>A stream over a fork.</summary>
    /// <param name="session">The session's side of the pool that holds the fork's pages.</param>
    /// <param name="fork">What to read.</param>
    /// <param name="source">Names the blocks; the stream keeps its own copy.</param>
    /// <param name="options">How.</param>
    /// <param name="defaults">The instance's settings.</param>
    internal ReadStream(
        BufferSession session,
        RelationFork fork,
        TSource source,
        ReadStreamOptions options,
        ReadStreamDefaults defaults)
        : base(session, fork, options, defaults, mayGoCached: true, NeverWaits)
    {
        _data = new NoData[RingSize];
        _source = new PlainSource<TSource>(Resolve(source));
    }

    // The library's own sources wait for nobody and issue nothing, so what they name may always be staged together.
    private static bool NeverWaits =>
        typeof(TSource) == typeof(BlockRange) || typeof(TSource) == typeof(BlockSequence);

    /// <summary>The source, in place: a consumer may give it more blocks and then resume the stream.</summary>
    public ref TSource Source => ref _source.Source;

    /// <summary>As <see cref="ReadStream.Reset()"/>, and names blocks from another source.</summary>
    public void Reset(TSource source)
    {
        Reset();
        _source = new PlainSource<TSource>(Resolve(source));
    }

    /// <inheritdoc/>
    public override bool TryNext(out PinnedPage page)
    {
        if (!IsCached)
            return base.TryNext(out page);
        page = TakeCached(ref _source.Source, inPlace: true);
        return true;
    }

    /// <inheritdoc/>
    public override ValueTask<bool> NextAsync(CancellationToken cancellationToken = default)
    {
        if (!IsCached || cancellationToken.IsCancellationRequested)
            return base.NextAsync(cancellationToken);
        Current = TakeCached(ref _source.Source, inPlace: false);
        return new ValueTask<bool>(true);
    }

    /// <summary>Takes a block number from the source without reading the block.</summary>
    /// <param name="block">The number.</param>
    /// <returns>False if there is none.</returns>
    /// <exception cref="InvalidOperationException">The stream has looked ahead of the consumer already.</exception>
    public bool TryNextBlock(out uint block) => TryNextBlock(ref _source, _data, out block);

    private protected override void LookAheadFromSource() => LookAheadFrom(ref _source, _data);

    private TSource Resolve(TSource source) => source is BlockRange range
        ? (TSource)(object)range.Resolve(BlocksIfOpen(range))
        : source;
}
