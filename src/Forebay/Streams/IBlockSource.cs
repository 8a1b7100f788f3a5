namespace Forebay.Streams;

/// <summary>
/// Names the blocks that a stream is to read, in the order in which they are wanted. Implemented by a struct, so that
/// the call is compiled into the stream. The stream asks ahead of its consumer, in the consumer's own flow, never from
/// another thread; it asks for each block once.
/// </summary>
/// <remarks>
/// What it throws ends the stream: the blocks named before are delivered first. It must not call the stream that asks
/// it, <see cref="ReadStream.Pause"/> excepted.
/// </remarks>
public interface IBlockSource
{
    /// <summary>The next block.</summary>
    /// <param name="block">Its number in the relation fork.</param>
    /// <returns>
    /// False if there is none now. The stream then delivers what it has and ends; <see cref="ReadStream.Resume"/> makes
    /// it ask again.
    /// </returns>
    bool TryNext(out uint block);
}
