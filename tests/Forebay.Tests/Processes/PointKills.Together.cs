using System.Diagnostics;
using Forebay.Processes;
using Shared;

namespace Forebay.Tests.Processes;

/// <summary>Two members that die at the same time, while threads of the survivor want just what they have.</summary>
internal sealed partial class PointKills
{
    private const int HotPages = KeptPages + 6;
    private const int Wanting = 3;

    /// <summary>
    /// Kills two, each at a point of its own. All are at the same few pages: so survivors wait for what dies with them,
    /// the page, its lock, the operation that reads it. A failure is kept.
    /// </summary>
    public void TryKillTwo(PointRow one, PointRow other) => Try($"{one} and {other}", () => KillTwo(one, other));

    private void KillTwo(PointRow one, PointRow other)
    {
        string where = $"{method}, {one} and {other}";
        say(where);
        if (_survivor is null)
        {
            Begin();
            File.WriteAllBytes(Path.Combine(_scenario!.DataDirectory, "base", "5", "16395"), []);
            _survivor = ForebayInstance.Open(_scenario.DataDirectory, Options());
        }

        using HostProcess first = Start("hot0", one.Point, 1 + random.Next(one.Passings));
        using HostProcess second = Start("hot1", other.Point, 1 + random.Next(other.Passings));
        UntilReady(first, where);
        UntilReady(second, where);
        first.Go();
        second.Go();
        bool isOver = false;
        Task[] wanting = [.. Enumerable.Range(0, Wanting).Select(_ =>
        {
            int seed = random.Next();
            return Background.Run(() => Want(seed, () => Volatile.Read(ref isOver)));
        })];
        try
        {
            UntilDeadOrStopped(first, where);
            long since = Stopwatch.GetTimestamp();
            UntilDeadOrStopped(second, where);
            bool AreOver() => (PointChecks.IsTakenOver(_survivor!, first.Id)
                && PointChecks.IsTakenOver(_survivor!, second.Id)) || IsStopped();
            Assert.True(SpinWait.SpinUntil(AreOver, s_patience), $"{where}: not taken over");
            Takeovers.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
        }
        finally
        {
            Volatile.Write(ref isOver, true);
            _isHung = !Task.WaitAll(wanting, 2 * s_patience);
        }

        Assert.False(_isHung, $"{where}: the survivor hangs");
        Conclude(one with { MayStop = true }, where);
    }

    // When the instance has stopped, the other one hears so and has no more to do.
    private void UntilDeadOrStopped(HostProcess victim, string where)
    {
        Task<string?> line = Task.Run(() => LastLine(victim));
        Assert.True(SpinWait.SpinUntil(() => line.IsCompleted || IsStopped(), s_patience), $"{where}: nothing heard");
        if (IsStopped())
        {
            victim.Kill();
            return;
        }

        if (line.Result != "reached" && !SpinWait.SpinUntil(IsStopped, TimeSpan.FromSeconds(1)))
            Assert.Fail($"{where}: not reached, says '{line.Result}': {Last(victim)}");
        victim.UntilKilled();
        Deaths++;
    }

    private static string? LastLine(HostProcess victim)
    {
        string? line = victim.NextLineOrNull();
        return line == "keeping" ? victim.NextLineOrNull() : line;
    }

    private void Want(int seed, Func<bool> isOver)
    {
        Random blocks = new(seed);
        try
        {
            using ForebaySession session = _survivor!.OpenSession();
            while (!isOver())
            {
                SharedScenario.Read(session, (uint)blocks.Next(HotPages), _book!);
                SharedScenario.Change(session, (uint)blocks.Next(KeptPages, HotPages), _book!);
                if (blocks.Next(16) == 0)
                    session.Flush(SharedScenario.Fork(_survivor!));
            }
        }
        catch (InstanceStoppedException)
        {
            // as it is to be told, if one of them was changing a page
        }
    }
}
