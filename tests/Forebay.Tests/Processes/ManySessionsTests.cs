namespace Forebay.Tests.Processes;

/// <summary>A thousand sessions, in one process and over several: descriptors are the process's, not the sessions'.
/// </summary>
[Collection(nameof(ManyProcessesTests))]
public sealed class ManySessionsTests(ITestOutputHelper output)
{
    /// <summary>
    /// Segment, data file, rings, watched processes, and what the runtime opens when it comes to it: whatever the
    /// number of sessions.
    /// </summary>
    private const int Handful = 40;

    public static TheoryData<IoMethod> Methods => ManyProcessesTests.Methods;

    [Theory]
    [MemberData(nameof(Methods))]
    public void Open_AThousandSessions_TakeAHandfulOfDescriptors(IoMethod method)
    {
        using SharedScenario scenario = new();
        ForebayOptions options = new(scenario.Options(method))
        {
            MaxSessions = 2100,
            IoMaxConcurrency = 2,
            IoUringRings = 2,
        };
        using ForebayInstance instance = scenario.Open(options);
        int[] sessions = [1, 1000, 333, 333, 334];
        List<HostProcess> members = [];
        try
        {
            foreach (int count in sessions)
                members.Add(new HostProcess(scenario, method, "many", 0, 0, count));
            members.ForEach(static member => member.UntilReady());
            members.ForEach(static member => member.Go());
            members.ForEach(static member => member.UntilDone());
            output.WriteLine($"{method}: descriptors {string.Join(", ", members.Select(static each => each.Changes))} "
                + $"for {string.Join(", ", sessions)} sessions");
            Assert.Equal(sessions.Select(static count => (long)count), members.Select(static each => each.Reads));
            foreach (HostProcess member in members)
                Assert.InRange(member.Changes, 1, Handful);
            members.ForEach(static member => member.Go());
            members.ForEach(static member => member.UntilGone());
        }
        finally
        {
            members.ForEach(static member => member.Dispose());
        }
    }
}
