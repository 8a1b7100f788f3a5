using Forebay.Storage;
using Forebay.Tool.Output;
using Forebay.Tool.Parsing;

namespace Forebay.Tool.Benchmarks;

/// <summary>
/// The whole benchmark: makes the relation, runs every method with every pattern, removes what it made.
/// </summary>
internal sealed class Benchmark(BenchOptions options, ToolConsole console, CancellationToken interruption)
{
    /// <summary>What is measured: what was asked for, with the settings of a shared instance.</summary>
    public BenchOptions Options { get; private set; } = options;

    /// <summary>Runs it.</summary>
    /// <returns>One entry per pattern and method.</returns>
    /// <exception cref="CommandException">It cannot be run.</exception>
    /// <exception cref="IoMethodException">The one method that was asked for is refused.</exception>
    /// <exception cref="OperationCanceledException">It was interrupted.</exception>
    public BenchReport Run()
    {
        using BenchInstance? joined = BenchInstance.TryJoin(Options, console);
        Options = joined?.Options ?? Options;
        joined?.Announce(console);
        Dictionary<IoMethod, string> refusals = FindRefusals();
        using BenchFolder folder = joined is null
            ? BenchFolder.Create(Options.Data, Options.SizeBytes, Options.Keep)
            : BenchFolder.CreateIn(joined.Instance, Options.SizeBytes, Options.Keep);
        BenchRelation relation = BenchRelation.Create(folder, Options.SizeBytes, Options.Seed,
            share => console.Progress.Show($"writing the relation: {share:P0}"), interruption);
        bool direct = ResolveDirect(relation);
        BenchReport report = Options.Sharing is null
            ? RunAll(relation, direct, shared: null, refusals)
            : RunShared(relation, direct, joined);
        console.Progress.Clear();
        if (Options.Keep)
            console.Complain($"The relation is kept in '{folder.New}'.");
        return report;
    }

    private BenchReport RunShared(BenchRelation relation, bool direct, BenchInstance? joined)
    {
        using BenchInstance shared = joined ?? Make(relation, direct);
        Options = shared.Options;
        try
        {
            return RunAll(relation, direct, shared, []);
        }
        finally
        {
            if (!Options.Keep)
                shared.Remove(relation);
        }
    }

    private BenchInstance Make(BenchRelation relation, bool direct)
    {
        IoMethod method = Options.Given.Method ? Options.Methods[0] : IoMethod.Auto;
        BenchInstance made = BenchInstance.Made(
            new BenchRun(relation, Options, direct).Open(method, Options.Sharing), Options);
        made.Announce(console);
        return made;
    }

    private BenchReport RunAll(
        BenchRelation relation, bool direct, BenchInstance? shared, Dictionary<IoMethod, string> refusals)
    {
        BenchRun run = new(relation, Options, direct);
        List<BenchEntry> entries = [];
        foreach (BenchPattern pattern in Options.Patterns)
        {
            BenchBlocks blocks = BenchBlocks.Create(pattern, relation.Blocks, Options.Pages, Options.Seed);
            double? baseline = null;
            foreach (IoMethod method in Options.Methods)
            {
                if (refusals.TryGetValue(method, out string? refusal))
                {
                    entries.Add(Refused(method, pattern, direct, refusal));
                    continue;
                }

                console.Progress.Show($"{BenchWords.Of(pattern)}, {ForebayNames.Of(method)}");
                BenchResult result = shared is null
                    ? run.Measure(method, blocks, interruption)
                    : run.Measure(shared, blocks, interruption);
                if (method == IoMethod.Sync)
                    baseline = result.PagesPerS;
                entries.Add(result with { Speedup = result.PagesPerS / baseline });
            }
        }

        return new BenchReport(entries);
    }

    // Before anything is written: one method that was asked for by name works or ends the command.
    private Dictionary<IoMethod, string> FindRefusals()
    {
        Dictionary<IoMethod, string> refusals = [];
        foreach (MethodAvailability found in MethodAvailability.Probe())
        {
            if (found.IsAvailable || !Options.Methods.Contains(found.Method))
                continue;
            if (Options.Methods.Count == 1)
                throw new CommandException(
                    $"io_method = {ForebayNames.Of(found.Method)} cannot be used: {found.Reason} {found.Hint}");
            refusals[found.Method] = $"{found.Reason} {found.Hint}".Trim();
        }

        return refusals;
    }

    private bool ResolveDirect(BenchRelation relation)
    {
        if (Options.Direct == OnOff.Off)
            return false;
        try
        {
            using ForebayInstance probe = ForebayInstance.Open(relation.Folder, new ForebayOptions
            {
                BlockBytes = BenchPages.PageBytes,
                BufferPoolBytes = 1 << 20,
                IoMethod = IoMethod.Sync,
                IoMode = IoMode.Direct,
                MaxSessions = 1,
                ReadOnly = true,
            });
            using ForebaySession session = probe.OpenSession();
            session.DropFromPageCache(probe.Relation(relation.Locator).Main); // opens the file itself
            return true;
        }
        catch (StorageException refusal) when (Options.Direct == OnOff.Unsaid)
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
        Checksum = Options.Checksum,
        Streams = Options.Streams,
        Refused = reason,
    };
}
