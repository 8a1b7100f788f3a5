using Shared;

namespace Forebay.Tests.Processes;

/// <summary>Members that write are killed again and again; see <see cref="KillStorm"/>.</summary>
[Collection(nameof(ManyProcessesTests))]
public sealed class KillStormTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(IoMethod.Sync)]
    [InlineData(IoMethod.Worker)]
    public void Kill_MembersThatWrite_SurvivorsKeepEveryVersion(IoMethod method) =>
        Run(method, ["storm-write", "storm-mixed", "storm-write"], 3 * Stress.Factor);

    [Theory]
    [InlineData(IoMethod.Sync)]
    [InlineData(IoMethod.Worker)]
    public void Kill_MembersThatReadOnly_NeverStopsTheInstance(IoMethod method) =>
        Assert.Equal(0, Run(method, ["storm-read", "storm-read"], 2 * Stress.Factor));

    private int Run(IoMethod method, string[] works, int kills)
    {
        output.WriteLine($"seed {Stress.Seed}");
        using KillStorm storm = new(method, works, new Random(Stress.Seed), sessions: 4);
        storm.Run(kills);
        output.WriteLine(storm.Figures());
        foreach (string reason in storm.Reasons)
            output.WriteLine(reason);
        return storm.Stops;
    }
}
