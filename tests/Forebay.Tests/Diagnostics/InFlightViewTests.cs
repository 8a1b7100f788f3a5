using Forebay.Diagnostics;
using Forebay.Engine;
using Forebay.Handles;
using Shared;

namespace Forebay.Tests.Diagnostics;

public sealed class InFlightViewTests
{
    private const int BlockBytes = 8192;

    [Fact]
    public void GetInFlight_NothingStarted_IsEmpty()
    {
        using ViewScenario scenario = new();
        using ForebaySession session = scenario.Instance.OpenSession();
        using HeldMethod.OpenScope open = scenario.Held.OpenAtEnd();
        Assert.Empty(scenario.Instance.GetInFlight());
    }

    [Fact]
    public void GetInFlight_HandedOut_TellsNothingOfTheOperation()
    {
        using ViewScenario scenario = new();
        using ForebaySession session = scenario.Instance.OpenSession();
        using HeldMethod.OpenScope open = scenario.Held.OpenAtEnd();
        int handle = session.Io.Acquire(null);
        session.Io.SetData(handle, (ReadOnlySpan<int>)[1]);

        InFlightOperation row = Assert.Single(scenario.Instance.GetInFlight());

        Assert.Equal((IoHandleState.HandedOut, handle, session.Id), (row.State, row.Handle, row.Session));
        Assert.Equal(Environment.ProcessId, row.Process);
        Assert.Equal(IoOperation.None, row.Operation);
        Assert.Null(row.Offset);
        Assert.Null(row.Length);
        Assert.Null(row.Target);
        Assert.Null(row.TargetDescription);
        Assert.Equal(0, row.DataLength);
        Assert.Null(row.Age);
        session.Io.Release(handle);
        Assert.Empty(scenario.Instance.GetInFlight());
    }

    [Fact]
    public void GetInFlight_Staged_TellsWhatButNoAge()
    {
        using ViewScenario scenario = new();
        using ForebaySession session = scenario.Instance.OpenSession();
        using HeldMethod.OpenScope open = scenario.Held.OpenAtEnd();
        session.Io.EnterBatch();
        IoWaitReference reference = scenario.StartRead(session.Io, block: 18, count: 3);

        InFlightOperation row = Assert.Single(scenario.Instance.GetInFlight());

        Assert.Equal((IoHandleState.Staged, reference.Generation), (row.State, row.Generation));
        Assert.Equal(IoOperation.ReadVector, row.Operation);
        Assert.Equal((2L * BlockBytes, 3 * BlockBytes), (row.Offset, row.Length));
        Assert.Equal("relation", row.Target);
        Assert.Equal("blocks 18..20 in file \"base/5/16384.1\"", row.TargetDescription);
        Assert.Equal(2, row.DataLength);
        Assert.Null(row.Age);
        Assert.Equal("held", row.Method);
        Assert.Null(row.RawResult);
        Assert.Equal(IoStatus.Unknown, row.Result);
        Assert.Equal((false, false, true), (row.IsSynchronous, row.IsLocal, row.IsBuffered));
        scenario.Held.Open();
        session.Io.ExitBatch();
        session.Io.WaitForAll();
    }

    [Fact]
    public void GetInFlight_Submitted_HasAgeAndWaiters()
    {
        using ViewScenario scenario = new();
        using ForebaySession session = scenario.Instance.OpenSession();
        using HeldMethod.OpenScope open = scenario.Held.OpenAtEnd();
        IoWaitReference reference = scenario.StartRead(
            session.Io, 0, 1, flags: IoHandleFlags.ReferencesLocal);
        Task waiter = Background.Run(() => scenario.Instance.Engine.Wait(reference));
        Background.Until(() => scenario.Instance.GetInFlight()[0].Waiters == 1, "somebody waits");

        InFlightOperation row = Assert.Single(scenario.Instance.GetInFlight());

        Assert.Equal(IoHandleState.Submitted, row.State);
        Assert.True(row.Age > TimeSpan.Zero);
        Assert.True(row.IsLocal);
        Assert.Equal("block 0 in file \"base/5/16384\"", row.TargetDescription);
        TimeSpan before = row.Age!.Value;
        Background.Until(() => scenario.Instance.GetInFlight()[0].Age > before, "it grows older");
        scenario.Held.Open();
        Background.Join(waiter);
    }

    [Fact]
    public void GetInFlight_Completed_TellsTheResult()
    {
        using ViewScenario scenario = new();
        using ForebaySession session = scenario.Instance.OpenSession();
        using HeldMethod.OpenScope open = scenario.Held.OpenAtEnd();
        IoReturn result = new();
        IoWaitReference reference = scenario.StartRead(session.Io, 4, 2, result);
        scenario.Held.Execute(reference.Index);

        InFlightOperation row = Assert.Single(scenario.Instance.GetInFlight());

        Assert.Equal(IoHandleState.CompletedShared, row.State);
        Assert.Equal(2 * BlockBytes, row.RawResult);
        Assert.Equal(IoStatus.Ok, row.Result);
        Assert.True(session.Io.IsDone(reference));
        Assert.Empty(scenario.Instance.GetInFlight());
    }

    [Fact]
    public void GetInFlight_BeforeShared_TellsTheRawResultOnly()
    {
        InFlightOperation? seen = null;
        ForebayInstance? instance = null;
        ScriptedHoldPoints holds = new()
        {
            [HoldPoint.BeforeCompletedShared] = (in IoHandleView _, ref int _) =>
                seen = Assert.Single(instance!.GetInFlight()),
        };
        using ViewScenario scenario = new(holdPoints: holds);
        instance = scenario.Instance;
        using ForebaySession session = instance.OpenSession();
        using HeldMethod.OpenScope open = scenario.Held.OpenAtEnd();
        IoWaitReference reference = scenario.StartRead(session.Io, 0, 1);
        scenario.Held.Execute(reference.Index);

        Assert.Equal((IoHandleState.CompletedIo, (int?)BlockBytes), (seen!.State, seen.RawResult));
        Assert.Equal(IoStatus.Unknown, seen.Result);
    }

    [Fact]
    public void GetInFlight_UnknownTarget_IsNamedByItsNumber()
    {
        SegmentTargetNames names = new(ViewScenario.SegmentBlocks, "PG_18");
        IoTargetData data = default;
        Assert.Equal("target 9", names.Describe(9, data));
        Assert.Contains("another process", names.Describe(1, data), StringComparison.Ordinal);
        for (int i = 0; i < IoTargetData.Words; i++)
            data[i] = uint.MaxValue; // what a hostile segment may hold
        Assert.NotEmpty(names.Describe(1, data));
    }

    [Fact]
    public void GetInFlight_Disposed_Throws()
    {
        ViewScenario scenario = new();
        ForebayInstance instance = scenario.Instance;
        scenario.Dispose();
        Assert.Throws<ObjectDisposedException>(instance.GetInFlight);
    }
}
