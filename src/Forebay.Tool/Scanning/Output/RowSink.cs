namespace Forebay.Tool.Scanning.Output;

/// <summary>
/// Where whole rows go, from any number of threads: piece after piece, never one within another. What comes before all
/// rows is written with the first piece, so that a command that fails early has written nothing.
/// </summary>
/// <param name="open">Opens the stream.</param>
/// <param name="header">What comes before all rows.</param>
internal sealed class RowSink(Func<Stream> open, byte[] header)
{
    private const int BrokenPipe = 32; // the kernel's word for "nobody reads any more"

    private readonly Lock _gate = new();
    private Stream? _stream;

    /// <summary>Writes a piece.</summary>
    /// <param name="rows">Whole rows; may be empty.</param>
    /// <exception cref="ReaderGoneException">Nobody reads any more.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(ReadOnlySpan<byte> rows)
    {
        lock (_gate)
        {
            try
            {
                if (_stream is null)
                {
                    _stream = open();
                    if (header.Length > 0)
                        _stream.Write(header);
                }

                if (rows.Length > 0)
                    _stream.Write(rows);
            }
            catch (IOException failure) when (failure.HResult == BrokenPipe)
            {
                throw new ReaderGoneException(failure);
            }
        }
    }
}
