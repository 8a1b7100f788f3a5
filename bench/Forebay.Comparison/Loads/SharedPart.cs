using System.Diagnostics;
using Forebay.Buffers;
using Forebay.Storage;
using Forebay.Streams;

namespace Forebay.Comparison.Loads;

/// <summary>One session that scans its part of the relation: once, or again and again for a while.</summary>
internal sealed class SharedPart(ForebayInstance instance, int begin, int end) : IDisposable
{
    private readonly ForebaySession _session = instance.OpenSession();
    private readonly RelationFork _fork = instance.Relation(SharedSetup.Locator).Main;

    /// <summary>Scans.</summary>
    /// <param name="seconds">For how long; zero = once.</param>
    /// <returns>Pages read.</returns>
    public long Scan(double seconds)
    {
        long start = Stopwatch.GetTimestamp();
        long pages = 0;
        do
        {
            using ReadStream stream = _session.OpenReadStream(
                _fork, new BlockRange((uint)begin, (uint)end), new ReadStreamOptions
                {
                    Flags = ReadStreamFlags.UseBatching | ReadStreamFlags.Sequential,
                    Strategy = seconds > 0 ? AccessStrategy.Normal : AccessStrategy.BulkRead,
                });
            while (stream.TryNext(out PinnedPage page))
            {
                page.Dispose();
                pages++;
            }
        }
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds);

        return pages;
    }

    public void Dispose() => _session.Dispose();
}
