using Forebay.Comparison.Peers;
using Forebay.Comparison.Records;
using Forebay.Comparison.Running;

namespace Forebay.Comparison.Loads;

/// <summary>
/// Two sessions that scan disjoint halves: in one process, its instance private or shared, or in two processes that
/// share one.
/// </summary>
internal sealed class SharedScan(SharedSetup setup, bool shared, int processes) : Contender
{
    private const double WarmUpSeconds = 0.5;
    private static readonly Lazy<SharedMemberProcess> s_other = new(() => new SharedMemberProcess());

    private static readonly string s_folder = $"/dev/shm/forebay-comparison-shared-{Environment.ProcessId}";

    public override string Name => NameOf(setup.Method, shared, processes);

    public override string? Missing => ForebayStream.WhyNot(setup.Method);

    public static string NameOf(IoMethod method, bool shared, int processes) => ForebayNames.Of(method)
        + (processes == 2 ? ", two processes" : shared ? ", one process, shared" : ", one process, private");

    public override Measurement Run(Turn turn)
    {
        try
        {
            return Measure(turn);
        }
        finally
        {
            if (Directory.Exists(s_folder))
                Directory.Delete(s_folder); // empty: the last one out removed the instance
        }
    }

    private Measurement Measure(Turn turn)
    {
        const string Instance = "comparison";
        using ForebayInstance instance = setup.Open(shared ? Sharing.Named(Instance, s_folder) : null, processes);
        int half = setup.Pages / 2;
        if (setup.Cached)
        {
            using SharedPart all = new(instance, 0, setup.Pages);
            all.Scan(WarmUpSeconds); // all of it is in the pool from here on
        }

        double seconds = setup.Cached ? turn.Seconds : 0;
        using SharedPart first = new(instance, 0, half);
        if (processes == 1)
        {
            using SharedPart second = new(instance, half, half * 2);
            return Both(first, second, seconds);
        }

        s_other.Value.Attach(s_folder, Instance, processes, half, half * 2);
        try
        {
            RunClock clock = new();
            s_other.Value.Go(seconds);
            long pages = first.Scan(seconds);
            (long others, double cpu) = s_other.Value.Result();
            Measurement measured = clock.Stop(pages + others);
            return measured with { CpuSeconds = measured.CpuSeconds + cpu, Figures = Fairness(pages, others) };
        }
        finally
        {
            s_other.Value.Leave();
        }
    }

    private static Measurement Both(SharedPart first, SharedPart second, double seconds)
    {
        long others = 0;
        using Barrier together = new(2);
        Thread thread = new(() =>
        {
            together.SignalAndWait();
            others = second.Scan(seconds);
        });
        thread.Start();
        RunClock clock = new();
        together.SignalAndWait();
        long pages = first.Scan(seconds);
        thread.Join();
        return clock.Stop(pages + others, Fairness(pages, others));
    }

    private static Dictionary<string, double> Fairness(long pages, long others) =>
        new() { ["Jain fairness"] = Statistics.Fairness([pages, others]) };
}
