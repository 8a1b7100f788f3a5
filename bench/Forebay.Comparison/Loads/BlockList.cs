using Forebay.Comparison.Peers;
using Forebay.Comparison.Records;
using Forebay.Comparison.Running;
using Forebay.Storage;
using Forebay.Streams;

namespace Forebay.Comparison.Loads;

/// <summary>
/// The pages of a list, in order, through pool and stream: what a bitmap heap scan reads, without its index and tuples.
/// </summary>
internal sealed class BlockList(DataFile file, Func<uint[]> blocks, ForebaySetup setup) : Contender
{
    public override string Name => $"{setup.Describe()}, same pages";

    public override string? Missing => ForebayStream.WhyNot(setup.Method);

    public override Measurement Run(Turn turn)
    {
        uint[] list = blocks();
        using ForebayInstance instance = setup.Open(file);
        using ForebaySession session = instance.OpenSession();
        RelationFork fork = instance.File(file.Path);
        RunClock clock = new();
        using ReadStream stream = session.OpenReadStream(fork, new BlockSequence(list));
        while (stream.TryNext(out PinnedPage page))
            page.Dispose();
        return clock.Stop(list.Length);
    }
}
