using BenchmarkDotNet.Attributes;
using Forebay.Diagnostics;
using Forebay.Memory;
using Forebay.Microbenchmarks.Engines;
using Forebay.Storage;

namespace Forebay.Microbenchmarks;

/// <summary>What it takes to look at ten thousand handles that are all in use.</summary>
public class SnapshotBenchmarks
{
    public const int Handles = Sessions * PerSession;
    private const int Sessions = 157;
    private const int PerSession = 64;
    private const int PageBytes = 8192;

    private static readonly int[] s_frame = [0];

    private readonly List<ForebaySession> _sessions = [];
    private DirectoryInfo _directory = null!;
    private ForebayInstance _instance = null!;

    [GlobalSetup]
    public void SetUp()
    {
        _directory = Directory.CreateTempSubdirectory("forebay-bench-");
        DirectoryInfo folder = _directory.CreateSubdirectory(Path.Combine("base", "5"));
        File.WriteAllBytes(Path.Combine(folder.FullName, "16384"), new byte[PerSession * PageBytes]);
        _instance = ForebayInstance.Open(_directory.FullName, new ForebayOptions
        {
            BufferPoolBytes = 1024 * PageBytes,
            IoMethod = IoMethod.Custom,
            CreateMethod = host => new InstantMethod(host.Services), // over at once, and not taken back
            MaxSessions = Sessions,
            IoMaxConcurrency = PerSession,
        });
        RelationFork fork = _instance.Relation(new RelationLocator(1663, 5, 16384)).Main;
        for (int i = 0; i < Sessions; i++)
        {
            ForebaySession session = _instance.OpenSession();
            _sessions.Add(session);
            for (uint block = 0; block < PerSession; block++)
            {
                _instance.Storage.StartRead(
                    session.Io, session.Io.Acquire(null), fork, block, FrameArenas.Pool, s_frame);
            }
        }
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        foreach (ForebaySession session in _sessions)
            session.Dispose();
        _sessions.Clear();
        _instance.Dispose();
        _directory.Delete(recursive: true);
    }

    /// <summary>The rows.</summary>
    [Benchmark(OperationsPerInvoke = Handles)]
    public int Rows() => Checked(_instance.GetInFlight()).Count;

    /// <summary>The rows, and the sentence of each that names file and block.</summary>
    [Benchmark(OperationsPerInvoke = Handles)]
    public int Described()
    {
        int letters = 0;
        foreach (InFlightOperation row in Checked(_instance.GetInFlight()))
            letters += row.TargetDescription!.Length;
        return letters;
    }

    private static IReadOnlyList<InFlightOperation> Checked(IReadOnlyList<InFlightOperation> rows) =>
        rows.Count == Handles ? rows : throw new InvalidOperationException($"{rows.Count} rows, not {Handles}");
}
