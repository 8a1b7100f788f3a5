using Forebay.Storage;
using Shared;

namespace Forebay.Tests.Processes;

/// <summary>Real processes on one pool, much smaller than the relation. Pages prove their block and version.</summary>
[Collection(nameof(ManyProcessesTests))]
public sealed class ManyProcessesTests(ITestOutputHelper output)
{
    private const int Pages = 200;

    public static TheoryData<IoMethod> Methods
    {
        get
        {
            TheoryData<IoMethod> data = [];
            foreach (MethodAvailability found in MethodAvailability.Probe().Where(static found => found.IsAvailable))
                data.Add(found.Method);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Scan_ThreeProcesses_ReadRightPages(IoMethod method) =>
        Run(method, ["scan", "scan", "scan"], 1000 * Stress.Factor);

    [Theory]
    [MemberData(nameof(Methods))]
    public void Mixed_ThreeProcesses_LoseNoChange(IoMethod method) =>
        Run(method, ["mixed", "mixed", "scan"], 1000 * Stress.Factor);

    [Theory]
    [MemberData(nameof(Methods))]
    public void Async_TwoProcesses_LoseNoChange(IoMethod method) =>
        Run(method, ["async", "async", "mixed"], 600 * Stress.Factor);

    [Theory]
    [MemberData(nameof(Methods))]
    public void Grow_TwoProcesses_MakeEachBlockOnce(IoMethod method)
    {
        using SharedScenario scenario = new(Pages, segmentBlocks: 96);
        List<HostProcess> members = [];
        try
        {
            RunAll(scenario, method, ["grow", "grow", "scan"], 60, members);
            using ForebayInstance instance = ForebayInstance.Open(scenario.DataDirectory, Alone());
            using ForebaySession session = instance.OpenSession();
            RelationFork fork = SharedScenario.Fork(instance);
            Assert.Equal(Pages + members.Sum(static member => member.Changes), session.GetBlockCount(fork));
            for (uint block = 0; block < session.GetBlockCount(fork); block++)
                Assert.Equal(1u, SharedScenario.Read(session, block));
        }
        finally
        {
            members.ForEach(static member => member.Dispose());
        }
    }

    private void Run(IoMethod method, string[] works, int operations)
    {
        using SharedScenario scenario = new(Pages, segmentBlocks: 96);
        List<HostProcess> members = [];
        try
        {
            RunAll(scenario, method, works, operations, members);
            Assert.Empty(scenario.Folder.Files);
            using ForebayInstance instance = ForebayInstance.Open(scenario.DataDirectory, Alone());
            using ForebaySession session = instance.OpenSession();
            long changes = 0;
            for (uint block = 0; block < Pages; block++)
                changes += SharedScenario.Read(session, block) - 1;
            Assert.Equal(members.Sum(static member => member.Changes), changes);
        }
        finally
        {
            members.ForEach(static member => member.Dispose());
        }
    }

    private void RunAll(SharedScenario scenario, IoMethod method, string[] works, int operations,
        List<HostProcess> members)
    {
        output.WriteLine($"seed {Stress.Seed}");
        for (int i = 0; i < works.Length; i++)
            members.Add(new HostProcess(scenario, method, works[i], operations, Stress.Seed + i));
        members.ForEach(static member => member.UntilReady());
        members.ForEach(static member => member.Go());
        members.ForEach(static member => member.UntilDone());
        members.ForEach(static member => member.Go());
        members.ForEach(static member => member.UntilGone());
    }

    private static ForebayOptions Alone() => new()
    {
        BufferPoolBytes = 64 * 8192,
        IoMethod = IoMethod.Sync,
        SegmentBlocks = 96,
    };
}
