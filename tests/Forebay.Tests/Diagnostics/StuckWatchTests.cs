using System.Collections.Concurrent;
using Forebay.Handles;
using Forebay.Telemetry;
using Forebay.Tests.Support;
using Shared;

namespace Forebay.Tests.Diagnostics;

public sealed class StuckWatchTests
{
    [Fact]
    public void Look_OperationOlderThanTheThreshold_IsReportedOnce()
    {
        FakeTimeProvider clock = new();
        ConcurrentQueue<Notice> notices = new();
        using ViewScenario scenario = new(time: clock, notice: notices.Enqueue);
        using ForebaySession session = scenario.Instance.OpenSession();
        using HeldMethod.OpenScope open = scenario.Held.OpenAtEnd();
        IoWaitReference stuck = scenario.StartRead(session.Io, 18, 2);
        clock.Advance(TimeSpan.FromSeconds(20));
        scenario.StartRead(session.Io, 0, 1); // younger: its time has not come
        clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Empty(notices);

        clock.Advance(TimeSpan.FromSeconds(11));

        Notice notice = Assert.Single(notices);
        Assert.Equal("io-stuck", notice.Kind);
        Assert.Contains("base/5/16384.1", notice.Message, StringComparison.Ordinal);
        Assert.Contains("at offset 16384", notice.Message, StringComparison.Ordinal);
        Assert.Contains($"session {session.Id} of process {Environment.ProcessId}", notice.Message,
            StringComparison.Ordinal);
        Assert.Contains($"handle {stuck.Index} ", notice.Message, StringComparison.Ordinal);

        clock.Advance(TimeSpan.FromSeconds(30)); // the other one's time has come; this one was told of
        Assert.Equal(2, notices.Count);
        clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(2, notices.Count);
    }

    [Fact]
    public void Look_HandleUsedAgain_IsAnotherOperation()
    {
        FakeTimeProvider clock = new();
        ConcurrentQueue<Notice> notices = new();
        using ViewScenario scenario = new(time: clock, notice: notices.Enqueue);
        using ForebaySession session = scenario.Instance.OpenSession();
        using HeldMethod.OpenScope open = scenario.Held.OpenAtEnd();
        for (int use = 1; use <= 3; use++)
        {
            IoWaitReference reference = scenario.StartRead(session.Io, 0, 1);
            clock.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(use, notices.Count);
            scenario.Held.Execute(reference.Index);
            Assert.True(session.Io.IsDone(reference));
        }
    }

    [Fact]
    public void Look_OperationsThatEnd_AreNotReported()
    {
        FakeTimeProvider clock = new();
        ConcurrentQueue<Notice> notices = new();
        using ViewScenario scenario = new(time: clock, notice: notices.Enqueue);
        using ForebaySession session = scenario.Instance.OpenSession();
        using HeldMethod.OpenScope open = scenario.Held.OpenAtEnd();
        for (int round = 0; round < 20; round++)
        {
            IoWaitReference reference = scenario.StartRead(session.Io, 0, 1);
            clock.Advance(TimeSpan.FromSeconds(15));
            scenario.Held.Execute(reference.Index); // the same handle is used again and again
            Assert.True(session.Io.IsDone(reference));
        }

        Assert.Empty(notices);
    }

    [Fact]
    public void Look_WatchOff_ArmsNoTimer()
    {
        FakeTimeProvider clock = new();
        using ViewScenario scenario = new(time: clock, stuck: Timeout.InfiniteTimeSpan);
        Assert.Null(clock.NextDue);
    }

    [Fact]
    public void Dispose_Instance_EndsTheTimer()
    {
        FakeTimeProvider clock = new();
        using (ViewScenario scenario = new(time: clock))
            Assert.NotNull(clock.NextDue);
        Assert.Null(clock.NextDue);
        clock.Advance(TimeSpan.FromHours(1));
    }

    [Fact]
    public void Open_ThresholdOutOfRange_IsRefused()
    {
        ArgumentException refusal = Assert.ThrowsAny<ArgumentException>(
            () => new ForebayOptions { StuckIoThreshold = TimeSpan.Zero }.Validate());
        Assert.Contains("stuck_io_threshold", refusal.Message, StringComparison.Ordinal);
    }
}
