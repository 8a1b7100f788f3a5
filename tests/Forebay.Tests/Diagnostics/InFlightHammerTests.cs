using System.Globalization;
using System.Text.RegularExpressions;
using Forebay.Diagnostics;
using Forebay.Handles;
using Shared;

namespace Forebay.Tests.Diagnostics;

/// <summary>
/// Rows that are taken while sessions start, complete and reuse handles as fast as they can. What belongs together in
/// one use (blocks, offset, length, result) must be together in each row; a torn one would mix two uses.
/// </summary>
public sealed partial class InFlightHammerTests
{
    private const int BlockBytes = 8192;

    [Theory]
    [InlineData(IoMethod.Sync)]
    [InlineData(IoMethod.Worker)]
    [InlineData(IoMethod.Auto)]
    public void GetInFlight_UnderLoad_NoRowIsTorn(IoMethod method)
    {
        int rounds = 4_000 * Stress.Factor;
        using ViewScenario scenario = new(method);
        int working = 2;
        Task[] workers = [Background.Run(() => Work(1)), Background.Run(() => Work(2))];
        Dictionary<int, long> generations = [];
        int seen = 0;
        while (Volatile.Read(ref working) > 0)
        {
            foreach (InFlightOperation row in scenario.Instance.GetInFlight())
            {
                CheckRow(row);
                Assert.True(row.Generation >= generations.GetValueOrDefault(row.Handle), "a use came back");
                generations[row.Handle] = row.Generation;
                seen++;
            }
        }

        foreach (Task worker in workers)
            Background.Join(worker);
        Assert.Empty(scenario.Instance.GetInFlight());
        Assert.True(seen > 0, "no row was ever seen: the test proves nothing");

        void Work(int seed)
        {
            Random random = new(seed);
            using ForebaySession session = scenario.Instance.OpenSession();
            try
            {
                for (int round = 0; round < rounds; round++)
                {
                    uint block = (uint)random.Next(ViewScenario.Blocks);
                    int most = ViewScenario.SegmentBlocks - (int)(block % ViewScenario.SegmentBlocks);
                    scenario.StartRead(session.Io, block, 1 + random.Next(Math.Min(4, most)));
                }

                session.Io.WaitForAll();
            }
            finally
            {
                Interlocked.Decrement(ref working);
            }
        }
    }

    private static void CheckRow(InFlightOperation row)
    {
        if (row.State == IoHandleState.HandedOut)
        {
            Assert.Null(row.TargetDescription);
            return;
        }

        Match blocks = Blocks().Match(row.TargetDescription!);
        Assert.True(blocks.Success, row.TargetDescription);
        long first = long.Parse(blocks.Groups[1].Value, CultureInfo.InvariantCulture);
        long last = blocks.Groups[2].Success ? long.Parse(blocks.Groups[2].Value, CultureInfo.InvariantCulture) : first;
        Assert.Equal(first % ViewScenario.SegmentBlocks * BlockBytes, row.Offset);
        Assert.Equal((int)(last - first + 1) * BlockBytes, row.Length);
        Assert.Equal((IoOperation.ReadVector, "relation"), (row.Operation, row.Target));
        Assert.Equal(2, row.DataLength);
        Assert.True(row.IsBuffered);
        if (row.State >= IoHandleState.CompletedIo)
            Assert.Equal(row.Length, row.RawResult);
        if (row.State >= IoHandleState.CompletedShared)
            Assert.Equal(IoStatus.Ok, row.Result);
        if (row.Age is { } age)
            Assert.InRange(age, TimeSpan.Zero, TimeSpan.FromMinutes(1)); // an older use's would be years off, or null
    }

    [GeneratedRegex(@"^blocks? (\d+)(?:\.\.(\d+))? in file ""base/5/16384(?:\.\d)?""$")]
    private static partial Regex Blocks();
}
