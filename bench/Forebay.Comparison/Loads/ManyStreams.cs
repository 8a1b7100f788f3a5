using Forebay.Comparison.Peers;
using Forebay.Comparison.Records;
using Forebay.Comparison.Running;
using Forebay.Storage;
using Forebay.Streams;

namespace Forebay.Comparison.Loads;

/// <summary>Streams side by side, each with its own thread, its own session and its own part of the file.</summary>
internal sealed class ManyStreams(DataFile file, bool random, int streams, ForebaySetup setup, string name) : Contender
{
    public override string Name => name;

    public override string? Missing => ForebayStream.WhyNot(setup.Method);

    public override Measurement Run(Turn turn)
    {
        TimingKernel kernel = new();
        using ForebayInstance instance = (setup with { Kernel = kernel }).Open(file);
        RelationFork fork = instance.File(file.Path);
        uint[] blocks = random ? RandomBlocks.Permutation(file.Pages, turn.Seed) : [];
        long[] pages = new long[streams];
        using Barrier barrier = new(streams + 1);
        RunClock clock = new();
        Thread[] threads = [.. Enumerable.Range(0, streams).Select(number => new Thread(() =>
        {
            using ForebaySession session = instance.OpenSession();
            barrier.SignalAndWait();
            while (clock.Seconds < turn.Seconds)
                pages[number] += Read(session, fork, blocks, number, () => clock.Seconds < turn.Seconds);
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        clock = new RunClock();
        barrier.SignalAndWait();
        foreach (Thread thread in threads)
            thread.Join();
        Dictionary<string, double> figures = kernel.Figures();
        figures["Jain fairness"] = Statistics.Fairness([.. pages.Select(count => (double)count)]);
        figures["slowest ÷ mean"] = pages.Min() / pages.Average();
        return clock.Stop(pages.Sum(), figures);
    }

    // Once over the thread's part of the file, or until the time is up.
    private long Read(ForebaySession session, RelationFork fork, uint[] blocks, int number, Func<bool> goesOn)
    {
        using ReadStream stream = Open(session, fork, blocks, number);
        long count = 0;
        while (goesOn() && stream.TryNext(out PinnedPage page))
        {
            page.Dispose();
            count++;
        }

        return count;
    }

    private ReadStream Open(ForebaySession session, RelationFork fork, uint[] blocks, int number)
    {
        int part = file.Pages / streams;
        ReadStreamOptions options = new() { Flags = ReadStreamFlags.UseBatching };
        return random
            ? session.OpenReadStream(fork, new BlockSequence(blocks.AsMemory(number * part, part)), options)
            : session.OpenReadStream(
                fork, new BlockRange((uint)(number * part), (uint)((number + 1) * part)), options);
    }
}
