using System.Diagnostics;
using System.Reflection;
using System.Reflection.Emit;
using Forebay.Primitives;
using Shared;

namespace Forebay.Tests.Processes;

/// <summary>A process dies at each of the points that the code names; see <see cref="PointKills"/>.</summary>
[Collection(nameof(ManyProcessesTests))]
public sealed class DeathPointTests(ITestOutputHelper output)
{
    private const BindingFlags Everything = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic
        | BindingFlags.Instance | BindingFlags.Static;

    private static readonly IoMethod[] s_methods = [IoMethod.Sync, IoMethod.Worker, IoMethod.IoUring];

    [Fact]
    public void Points_All_AreTried() => Assert.Equal(
        Enum.GetValues<DeathPoint>().Order(), PointTable.Rows.Select(static row => row.Point).Distinct().Order());

    // The names are there, as nobody's; a call would be one opcode and the token of what is called.
    [Fact]
    public void Points_InTheLibrary_AreNotPassedBy()
    {
        Assembly library = typeof(ForebayInstance).Assembly;
        Type points = library.GetType("Forebay.Primitives.DeathPoints", throwOnError: true)!;
        byte[][] calls = [.. points.GetMethods().Where(method => method.Name is "Reach" or "ReachIf").Select(method =>
            (byte[])[(byte)OpCodes.Call.Value, .. BitConverter.GetBytes(method.MetadataToken)])];
        Assert.Equal(2, calls.Length);
        string[] callers = [.. library.GetTypes().Where(type => type != points)
            .SelectMany(type => type.GetMembers(Everything)).OfType<MethodBase>()
            .Where(method => method.GetMethodBody()?.GetILAsByteArray() is { } code
                && calls.Any(call => code.AsSpan().IndexOf(call) >= 0))
            .Select(static method => $"{method.DeclaringType}.{method.Name}")];
        Assert.Empty(callers);
    }

    [Theory]
    [InlineData(IoMethod.Sync)]
    [InlineData(IoMethod.Worker)]
    [InlineData(IoMethod.IoUring)]
    public void Kill_AtEveryPoint_SurvivorGoesOn(IoMethod method)
    {
        Assert.SkipUnless(MethodAvailability.Probe().Single(found => found.Method == method).IsAvailable,
            $"{method} is refused here");
        output.WriteLine($"seed {Stress.Seed}");
        Random random = new(Stress.Seed);
        using PointKills kills = new(method, random, output.WriteLine);
        long begun = Stopwatch.GetTimestamp();
        for (int round = 0; round < Stress.Factor; round++)
        {
            for (int row = 0; row < PointTable.Rows.Count; row++)
            {
                if (IsTried(row, method))
                    kills.TryKill(PointTable.Rows[row]);
            }
        }

        output.WriteLine($"{kills.Figures()}, in {Stopwatch.GetElapsedTime(begun).TotalSeconds:F0} s");
        kills.Failures.ForEach(output.WriteLine);
        Assert.Empty(kills.Failures);
    }

    [Theory]
    [InlineData(IoMethod.Sync)]
    [InlineData(IoMethod.Worker)]
    [InlineData(IoMethod.IoUring)]
    public void Kill_TwoAtPointsOfChanceWhoseThingsAreWaitedFor_SurvivorGoesOn(IoMethod method)
    {
        Assert.SkipUnless(MethodAvailability.Probe().Single(found => found.Method == method).IsAvailable,
            $"{method} is refused here");
        output.WriteLine($"seed {Stress.Seed}");
        Random random = new(Stress.Seed);
        using PointKills kills = new(method, random, output.WriteLine);
        PointRow[] rows = [.. PointTable.Rows.Where(row => row.Work == "work" && row.First is null
            && (row.Method is null || row.Method == method))];
        for (int pair = 0; pair < 3 * Stress.Factor; pair++)
            kills.TryKillTwo(rows[random.Next(rows.Length)], rows[random.Next(rows.Length)]);
        output.WriteLine(kills.Figures());
        kills.Failures.ForEach(output.WriteLine);
        Assert.Empty(kills.Failures);
    }

    // Where the method makes no difference the gate tries a row under one of them, by the seed; a long run under all.
    private static bool IsTried(int row, IoMethod method)
    {
        if (PointTable.Rows[row].Method is { } only)
            return only == method;
        return Stress.Factor > 1 || (Stress.Seed + row) % s_methods.Length == Array.IndexOf(s_methods, method);
    }
}
