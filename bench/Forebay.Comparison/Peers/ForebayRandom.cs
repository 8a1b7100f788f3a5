using Forebay.Comparison.Running;
using Forebay.Storage;
using Forebay.Streams;

namespace Forebay.Comparison.Peers;

/// <summary>Random pages through pool and stream, past the page cache, one session.</summary>
internal sealed class ForebayRandom(string file, int pages, IoMethod method, int depth, bool checksum)
    : Contender(file, pages)
{
    public override string Name =>
        $"Forebay {ForebayNames.Of(method)}, depth {depth}{(checksum ? ", checksums" : string.Empty)}";

    public override Measurement Run(double seconds, int seed)
    {
        using ForebayInstance instance = ForebayRuns.Open(File, method, depth, checksum);
        using ForebaySession session = instance.OpenSession();
        RelationFork fork = instance.File(File);
        uint[] blocks = RandomBlocks.Permutation(Pages, seed);
        using ReadStream<BlockSequence> stream = session.OpenReadStream(
            fork, new BlockSequence(blocks), new ReadStreamOptions { Flags = ReadStreamFlags.UseBatching });
        return ForebayRuns.Consume(stream, seconds);
    }
}
