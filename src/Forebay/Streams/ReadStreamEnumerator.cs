namespace Forebay.Streams;

/// <summary>A stream's pages for <c>await foreach</c>. Ending the enumeration does not end the stream.</summary>
internal sealed class ReadStreamEnumerator(ReadStream stream, CancellationToken cancellationToken)
    : IAsyncEnumerator<PinnedPage>
{
    /// <inheritdoc/>
    public PinnedPage Current => stream.Current;

    /// <inheritdoc/>
    public ValueTask<bool> MoveNextAsync() => stream.NextAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => default;
}
