using Forebay.Storage;
using Forebay.Streams;

namespace Forebay;

/// <summary>Read streams.</summary>
public sealed partial class ForebaySession
{
    /// <summary>Opens a stream over a range of blocks.</summary>
    /// <param name="fork">What to read.</param>
    /// <param name="range">
    /// The blocks; <see cref="BlockRange.All"/> = as many as there are when the stream is opened.
    /// </param>
    /// <param name="options">How; null = as the instance is set.</param>
    public ReadStream<BlockRange> OpenReadStream(
        RelationFork fork, BlockRange range, ReadStreamOptions? options = null) =>
        OpenReadStream<BlockRange>(fork, range, options);

    /// <summary>Opens a stream over the blocks that a source names.</summary>
    /// <param name="fork">What to read.</param>
    /// <param name="source">Names the blocks; the stream keeps its own copy.</param>
    /// <param name="options">How; null = as the instance is set.</param>
    public ReadStream<TSource> OpenReadStream<TSource>(
        RelationFork fork, TSource source, ReadStreamOptions? options = null)
        where TSource : struct, IBlockSource =>
        new(Buffers(fork), fork, source, options ?? ReadStreamOptions.Default, _instance.StreamDefaults);

    /// <summary>Opens a stream that remembers something of each block until its page is delivered.</summary>
    /// <param name="fork">What to read.</param>
    /// <param name="source">Names the blocks; the stream keeps its own copy.</param>
    /// <param name="options">How; null = as the instance is set.</param>
    public ReadStream<TSource, TData> OpenReadStream<TSource, TData>(
        RelationFork fork, TSource source, ReadStreamOptions? options = null)
        where TSource : struct, IBlockSource<TData> =>
        new(Buffers(fork), fork, source, options ?? ReadStreamOptions.Default, _instance.StreamDefaults);
}
