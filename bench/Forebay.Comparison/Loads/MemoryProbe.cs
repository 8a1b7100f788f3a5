using System.Globalization;
using Forebay.Comparison.Peers;
using Forebay.Comparison.Records;
using Forebay.Comparison.Running;
using Forebay.Storage;
using Forebay.Streams;

namespace Forebay.Comparison.Loads;

/// <summary>
/// How much memory an instance takes beyond its pool, with sessions open that have all read: resident memory of a
/// process of its own, before and after; what the code itself needs is there before.
/// </summary>
internal sealed class MemoryProbe(DataFile file, IoMethod method) : Contender
{
    /// <summary>First argument of the process that is measured.</summary>
    public const string Verb = "memory-probe";

    private const int Sessions = 16;
    private const int WarmUpPasses = 3;

    public override string Name => $"Forebay {ForebayNames.Of(method)}, {Sessions} sessions, pool of 256 MiB";

    public override string? Missing => ForebayStream.WhyNot(method);

    public override bool NeedsWarmUp => false;

    public override Measurement Run(Turn turn)
    {
        string output = Programs.Run(Environment.ProcessPath!, [
            Verb, file.Path, file.Pages.ToString(CultureInfo.InvariantCulture), method.ToString(),
        ]);
        double beyond = double.Parse(output, CultureInfo.InvariantCulture);
        return new Measurement(0, 0, 0, null, new Dictionary<string, double>
        {
            ["MiB beyond the pool"] = beyond / (1 << 20),
            ["% of the pool"] = beyond * 100 / ForebaySetup.PoolBytes,
        });
    }

    /// <summary>The process that is measured: prints the bytes beyond the pool.</summary>
    public static int Measure(string path, string pages, string method)
    {
        DataFile file = new(path, int.Parse(pages, CultureInfo.InvariantCulture));
        ForebaySetup setup = new() { Method = Enum.Parse<IoMethod>(method) };
        using (ForebayInstance warm = ForebayInstance.Open(Path.GetDirectoryName(path)!, new ForebayOptions
        {
            BufferPoolBytes = 16 << 20, IoMethod = setup.Method, IoDirect = true, ReadOnly = true,
        }))
        {
            for (int pass = 0; pass < WarmUpPasses; pass++)
                Close(Load(warm, file));
        }

        long before = Resident();
        using ForebayInstance instance = setup.Open(file);
        ForebaySession[] sessions = Load(instance, file);
        Console.Out.WriteLine(Resident() - before - ForebaySetup.PoolBytes);
        Close(sessions);
        return 0;
    }

    private static void Close(ForebaySession[] sessions)
    {
        foreach (ForebaySession session in sessions)
            session.Dispose();
    }

    // Sessions that stay open, and the file read once by all of them.
    private static ForebaySession[] Load(ForebayInstance instance, DataFile file)
    {
        RelationFork fork = instance.File(file.Path);
        ForebaySession[] sessions = [.. Enumerable.Range(0, Sessions).Select(_ => instance.OpenSession())];
        int part = file.Pages / Sessions;
        for (int i = 0; i < Sessions; i++)
            Read(sessions[i], fork, i * part, part);
        return sessions;
    }

    private static void Read(ForebaySession session, RelationFork fork, int first, int count)
    {
        using ReadStream stream = session.OpenReadStream(fork, new BlockRange((uint)first, (uint)(first + count)));
        while (stream.TryNext(out PinnedPage page))
            page.Dispose();
    }

    private static long Resident()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive); // what is garbage goes back to the kernel
        string line = File.ReadLines("/proc/self/status")
            .First(text => text.StartsWith("VmRSS", StringComparison.Ordinal));
        return long.Parse(
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }
}
