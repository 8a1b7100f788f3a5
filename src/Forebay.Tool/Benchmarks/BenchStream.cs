using Forebay.Storage;
using Forebay.Streams;
using Forebay.Tool.Output;

namespace Forebay.Tool.Benchmarks;

/// <summary>One thread of a run: its session, its stream over a part of the blocks, and what came of it.</summary>
internal sealed class BenchStream : IDisposable
{
    // How often the clock is looked at.
    private const int PagesPerLook = 32;

    private readonly ForebaySession _session;
    private readonly ReadStream _stream;
    private readonly BenchBlocks _blocks;
    private readonly uint _start;
    private ulong _hash;

    /// <summary>Opens session and stream; reads nothing.</summary>
    /// <exception cref="CommandException">The instance has no session left.</exception>
    public BenchStream(ForebayInstance instance, RelationFork fork, BenchBlocks blocks, uint start, uint end,
        ReadStreamOptions options)
    {
        _blocks = blocks;
        _start = start;
        try
        {
            _session = instance.OpenSession();
        }
        catch (InvalidOperationException refusal)
        {
            throw new CommandException(refusal.Message, refusal); // others have them
        }

        _stream = blocks.Pattern switch
        {
            BenchPattern.Sequential => _session.OpenReadStream(fork, new BlockRange(start, end), options),
            BenchPattern.Random =>
                _session.OpenReadStream(fork, new BlockSequence(blocks.Slice(start, end)), options),
            BenchPattern.Skip => _session.OpenReadStream(fork, new SkipBlocks(start, end), options),
            _ => throw new ArgumentOutOfRangeException(nameof(blocks), blocks.Pattern, null),
        };
    }

    /// <summary>Pages read.</summary>
    public long Pages { get; private set; }

    /// <summary>Sum of their hashes.</summary>
    public ulong Hash => _hash;

    /// <summary>Whether time was over before the blocks were.</summary>
    public bool IsCutShort { get; private set; }

    /// <summary>What the stream says of its work.</summary>
    public ReadStreamStatistics Statistics => _stream.Statistics;

    /// <summary>Reads until the blocks or the time are over.</summary>
    /// <param name="endTimestamp">When to stop.</param>
    /// <param name="interruption">Ends it early.</param>
    public void Run(long endTimestamp, CancellationToken interruption)
    {
        int untilLook = PagesPerLook;
        while (_stream.TryNext(out PinnedPage page))
        {
            using (page)
                _hash += ContentHash.Of(page.Span, _blocks.At(_start + (uint)Pages));
            Pages++;
            if (--untilLook > 0)
                continue;
            untilLook = PagesPerLook;
            interruption.ThrowIfCancellationRequested();
            if (TimeProvider.System.GetTimestamp() < endTimestamp)
                continue;
            IsCutShort = true;
            return;
        }
    }

    /// <summary>Whether the pages were those that had been written.</summary>
    public bool IsContentRight(BenchRelation relation)
    {
        ulong expected = 0;
        for (uint i = 0; i < Pages; i++)
            expected += relation.HashOf(_blocks.At(_start + i));
        return expected == _hash;
    }

    /// <summary>Ends stream and session.</summary>
    public void Dispose()
    {
        _stream.Dispose();
        _session.Dispose();
    }
}
