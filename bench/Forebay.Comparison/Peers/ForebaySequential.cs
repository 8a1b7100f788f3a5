using Forebay.Comparison.Running;
using Forebay.Storage;
using Forebay.Streams;

namespace Forebay.Comparison.Peers;

/// <summary>The whole file in order through pool and stream, past the page cache, one session.</summary>
internal sealed class ForebaySequential(string file, int pages, IoMethod method, int depth, bool checksum)
    : Contender(file, pages)
{
    public override string Name =>
        $"Forebay {ForebayNames.Of(method)}, depth {depth}{(checksum ? ", checksums" : string.Empty)}";

    public override Measurement Run(double seconds, int seed)
    {
        using ForebayInstance instance = ForebayRuns.Open(File, method, depth, checksum);
        using ForebaySession session = instance.OpenSession();
        RelationFork fork = instance.File(File);
        using ReadStream<BlockRange> stream = session.OpenReadStream(
            fork, BlockRange.All, new ReadStreamOptions
            {
                Flags = ReadStreamFlags.UseBatching | ReadStreamFlags.Sequential,
                Strategy = Buffers.AccessStrategy.BulkRead,
            });
        return ForebayRuns.Consume(stream, double.PositiveInfinity);
    }
}
