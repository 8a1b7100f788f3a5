using Forebay.Buffers;
using Forebay.Storage;

namespace Forebay.Streams;

/// <summary>A <see cref="ReadStream"/> that remembers something of each block until its page is delivered.</summary>
/// <typeparam name="TSource">Names the blocks.</typeparam>
/// <typeparam name="TData">What is remembered of each.</typeparam>
public sealed class ReadStream<TSource, TData> : ReadStream
    where TSource : struct, IBlockSource<TData>
{
    private readonly TData[] _data;
    private TSource _source;

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
        : base(session, fork, options, defaults, mayGoCached: false, mayBatch: false)
    {
        _data = new TData[RingSize];
        _source = source;
    }

    /// <summary>The source, in place: a consumer may give it more blocks and then resume the stream.</summary>
    public ref TSource Source => ref _source;

    /// <summary>
    /// What the source remembered of the page that was handed out last. Stays until the next call that takes a page.
    /// </summary>
    public ref readonly TData CurrentData => ref _data[TakenSlot];

    /// <summary>As <see cref="ReadStream.TryNext"/>, with what was remembered of the page.</summary>
    public bool TryNext(out PinnedPage page, out TData data)
    {
        bool found = TryNext(out page);
        data = found ? CurrentData : default!;
        return found;
    }

    /// <summary>As <see cref="ReadStream.Reset()"/>, and names blocks from another source.</summary>
    public void Reset(TSource source)
    {
        Reset();
        _source = source;
    }

    /// <summary>Takes a block number from the source without reading the block.</summary>
    /// <param name="block">The number.</param>
    /// <returns>False if there is none.</returns>
    /// <exception cref="InvalidOperationException">The stream has looked ahead of the consumer already.</exception>
    public bool TryNextBlock(out uint block) => TryNextBlock(ref _source, _data, out block);

    private protected override void LookAheadFromSource() => LookAheadFrom(ref _source, _data);
}
