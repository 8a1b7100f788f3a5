using Forebay.Buffers;
using Forebay.Storage;
using Forebay.Streams;

namespace Forebay.Tool.Verifying;

/// <summary>Verifies one file after another, in one thread with a session of its own.</summary>
internal sealed class VerifyLane(VerifyInstances instances, VerifyTally tally) : IDisposable
{
    // How often others hear how far the lane is, and the lane hears that it shall stop.
    private const int BlocksPerReport = 256;

    private static readonly ReadStreamOptions s_streamOptions = new()
    {
        Flags = ReadStreamFlags.Maintenance | ReadStreamFlags.Sequential | ReadStreamFlags.Full
            | ReadStreamFlags.UseBatching,
        Strategy = AccessStrategy.BulkRead,
    };

    private readonly ForebaySession _session = instances.First.OpenSession();
    private readonly SuspectPages _suspects = new();
    private ForebaySession? _fallback;
    private uint _block; // whose turn it is
    private bool _isCounted;

    /// <summary>Verifies a file; what is wrong with it goes to the tally.</summary>
    /// <exception cref="OperationCanceledException">It was interrupted.</exception>
    public void Verify(VerifyInput input, CancellationToken interruption)
    {
        try
        {
            Scan(_session, input, interruption);
        }
        catch (StorageException failure) when (_block == 0 && instances.Fallback(failure) is { } instance)
        {
            _fallback ??= instance.OpenSession();
            try
            {
                Scan(_fallback, input, interruption);
            }
            catch (Exception second) when (IsOfFile(second))
            {
                Note(input, second.Message);
            }
        }
        catch (Exception failure) when (IsOfFile(failure))
        {
            Note(input, failure.Message);
        }
    }

    /// <summary>Ends the lane's sessions.</summary>
    public void Dispose()
    {
        _session.Dispose();
        _fallback?.Dispose();
    }

    private void Scan(ForebaySession session, VerifyInput input, CancellationToken interruption)
    {
        _suspects.Clear();
        if (input.Blocks > 0)
            ScanPages(session, input, interruption);
        else
            TryOpen(input);
        foreach (VerifyReport.BadPage page in _suspects.Confirm(input))
            tally.Add(page, input);
        if (input.TrailingBytes > 0)
            Note(input, $"the file ends in a partial page: {input.TrailingBytes} bytes behind block "
                + $"{(long)input.Blocks - 1}");
    }

    private void ScanPages(ForebaySession session, VerifyInput input, CancellationToken interruption)
    {
        RelationFork fork = session.Instance.File(input.FullPath);
        UnreadableBlocks unreadable = new();
        (_block, _isCounted) = (0, false);
        try
        {
            using ReadStream<BlockRange> stream =
                session.OpenReadStream(fork, new BlockRange(0, input.Blocks), s_streamOptions);
            while (!TryScan(stream, input, unreadable, interruption))
                stream.Reset(new BlockRange(_block, input.Blocks));
        }
        finally
        {
            if (unreadable.Describe() is { } message)
                Note(input, message);
            session.Forget(fork);
        }
    }

    /// <summary>Takes what the stream has.</summary>
    /// <returns>False if a block could not be read; the next one is to begin with.</returns>
    private bool TryScan(
        ReadStream stream, VerifyInput input, UnreadableBlocks unreadable, CancellationToken interruption)
    {
        int unreported = 0;
        try
        {
            while (stream.TryNext(out PinnedPage page))
            {
                CountFile();
                using (page)
                    Check(input, _block, page.Span);
                _block++;
                if (++unreported < BlocksPerReport)
                    continue;
                tally.CountBlocks(unreported);
                unreported = 0;
                interruption.ThrowIfCancellationRequested();
            }

            return true;
        }
        catch (StorageException failure) when (UnreadableBlocks.IsOfBlock(failure))
        {
            CountFile();
            unreadable.Add(_block++, failure);
            interruption.ThrowIfCancellationRequested();
            return false;
        }
        finally
        {
            tally.CountBlocks(unreported);
        }
    }

    private void CountFile()
    {
        if (_isCounted)
            return;
        _isCounted = true;
        tally.CountFile();
    }

    private void Check(VerifyInput input, uint block, ReadOnlySpan<byte> page)
    {
        if (PageFinding.Of(input, block, page) is not { } finding)
            return;
        if (instances.IsOnline)
            _suspects.Add(finding);
        else
            tally.Add(finding, input);
    }

    // There is nothing to read, but a file that cannot be opened is an error all the same.
    private void TryOpen(VerifyInput input)
    {
        File.OpenHandle(input.FullPath).Dispose();
        tally.CountFile();
    }

    private void Note(VerifyInput input, string message)
    {
        if (!instances.IsOnline || !HasChanged(input))
            tally.Add(new VerifyReport.FileError(input.Name, message.ReplaceLineEndings(" ")));
    }

    // A server that runs drops, cuts off and extends files as it likes.
    private static bool HasChanged(VerifyInput input) =>
        new FileInfo(input.FullPath) is not { Exists: true } file || file.Length != input.LengthBytes;

    private static bool IsOfFile(Exception failure) => failure is IOException or UnauthorizedAccessException;
}
