using Shared;

namespace Forebay.Tests.Processes;

/// <summary>Members that write are killed again and again; see <see cref="KillStorm"/>.</summary>
[Collection(nameof(ManyProcessesTests))]
public sealed class KillStormTests(ITestOutputHelper output)
{
    public static TheoryData<IoMethod> Methods => ManyProcessesTests.Methods;

    [Theory]
    [MemberData(nameof(Methods))]
    public void Kill_MembersThatWrite_SurvivorsKeepEveryVersion(IoMethod method) =>
        Run(method, ["storm-write", "storm-mixed", "storm-write"], 2 * Stress.Factor, sessions: 4);

    [Theory]
    [MemberData(nameof(Methods))]
    public void Kill_MembersThatReadOnly_NeverStopsTheInstance(IoMethod method) =>
        Assert.Equal(0, Run(method, ["storm-read", "storm-read"], 2 * Stress.Factor, sessions: 4));

    [Theory]
    [InlineData(IoMethod.Worker)]
    public void Kill_OneOfEight_SurvivorsKeepEveryVersion(IoMethod method) =>
        Run(method, [.. Enumerable.Repeat("storm-mixed", 8)], Stress.Factor, sessions: 2);

    private int Run(IoMethod method, string[] works, int kills, int sessions)
    {
        output.WriteLine($"seed {Stress.Seed}");
        using KillStorm storm = new(method, works, new Random(Stress.Seed), sessions);
        try
        {
            storm.Run(kills);
        }
        finally
        {
            output.WriteLine(storm.Figures());
            foreach (string reason in storm.Reasons)
                output.WriteLine(reason);
        }

        return storm.Stops;
    }
}
