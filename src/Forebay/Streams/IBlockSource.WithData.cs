namespace Forebay.Streams;

/// <summary>
/// As <see cref="IBlockSource"/>, with something to remember of each block until its page is delivered.
/// </summary>
/// <typeparam name="TData">What is remembered; a small struct costs nothing.</typeparam>
public interface IBlockSource<TData>
{
    /// <summary>The next block.</summary>
    /// <param name="data">
    /// Comes in as its default; the consumer finds beside the page what was put in.
    /// </param>
    /// <param name="block">Its number in the relation fork.</param>
    /// <returns>False if there is none now.</returns>
    bool TryNext(ref TData data, out uint block);
}
