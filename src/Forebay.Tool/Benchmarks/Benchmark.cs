using Forebay.Storage;
using Forebay.Tool.Output;
using Forebay.Tool.Parsing;

namespace Forebay.Tool.Benchmarks;

/// <summary>
/// The whole benchmark: makes the relation, runs every method with every pattern, removes what it made.
/// </summary>
internal sealed class Benchmark(BenchOptions options, ToolConsole console, CancellationToken interruption)
{
    /// <summary>Runs it.</summary>
    /// <returns>One entry per pattern and method.</returns>
    /// <exception cref="CommandException">It cannot be run.</exception>
    /// <exception cref="IoMethodException">The one method that was asked for is refused.</exception>
    /// <exception cref="OperationCanceledException">It was interrupted.</exception>
    public BenchReport Run()
    {
        Dictionary<IoMethod, string> refusals = FindRefusals();
        using BenchFolder folder = BenchFolder.Create(options.Data, options.SizeBytes, options.Keep);
        BenchRelation relation = BenchRelation.Create(folder.Path, options.SizeBytes, options.Seed,
            share => console.Progress.Show($"writing the relation: {share:P0}"), interruption);
        bool direct = ResolveDirect(folder.Path);
        BenchRun run = new(relation, options, direct);
        List<BenchEntry> entries = [];
        foreach (BenchPattern pattern in options.Patterns)
        {
            BenchBlocks blocks = BenchBlocks.Create(pattern, relation.Blocks, options.Pages, options.Seed);
            double? baseline = null;
            foreach (IoMethod method in options.Methods)
            {
                if (refusals.TryGetValue(method, out string? refusal))
                {
                    entries.Add(Refused(method, pattern, direct, refusal));
                    continue;
                }

                console.Progress.Show($"{BenchWords.Of(pattern)}, {ForebayNames.Of(method)}");
                BenchResult result = run.Measure(method, blocks, interruption);
                if (method == IoMethod.Sync)
                    baseline = result.PagesPerS;
                entries.Add(result with { Speedup = result.PagesPerS / baseline });
            }
        }

        console.Progress.Clear();
        if (options.Keep)
            console.Complain($"The relation is kept in '{folder.Path}'.");
        return new BenchReport(entries);
    }

    // Before anything is written: one method that was asked for by name works or ends the command.
    private Dictionary<IoMethod, string> FindRefusals()
    {
        Dictionary<IoMethod, string> refusals = [];
        foreach (MethodAvailability found in MethodAvailability.Probe())
        {
            if (found.IsAvailable || !options.Methods.Contains(found.Method))
                continue;
            if (options.Methods.Count == 1)
                throw new CommandException(
                    $"io_method = {ForebayNames.Of(found.Method)} cannot be used: {found.Reason} {found.Hint}");
            refusals[found.Method] = $"{found.Reason} {found.Hint}".Trim();
        }

        return refusals;
    }

    private bool ResolveDirect(string folder)
    {
        if (options.Direct == OnOff.Off)
            return false;
        try
        {
            using ForebayInstance probe = ForebayInstance.Open(folder, new ForebayOptions
            {
                BlockBytes = BenchPages.PageBytes,
                BufferPoolBytes = 1 << 20,
                IoMethod = IoMethod.Sync,
                IoMode = IoMode.Direct,
                MaxSessions = 1,
                ReadOnly = true,
            });
            using ForebaySession session = probe.OpenSession();
            session.DropFromPageCache(probe.Relation(BenchRelation.Locator).Main); // opens the file itself
            return true;
        }
        catch (StorageException refusal) when (options.Direct == OnOff.Unsaid)
        {
            console.Complain($"Measured through the page cache: {refusal.Message}");
            return false;
        }
    }

    private BenchRefusal Refused(IoMethod method, BenchPattern pattern, bool direct, string reason) => new()
    {
        IoMethod = ForebayNames.Of(method),
        Pattern = BenchWords.Of(pattern),
        IoDirect = direct,
        Checksum = options.Checksum,
        Streams = options.Streams,
        Refused = reason,
    };
}
