using Forebay.Buffers;
using Forebay.Diagnostics;
using Forebay.Handles;
using Forebay.Streams;
using Forebay.Telemetry;
using Shared;

namespace Forebay.Tests.Diagnostics;

public sealed class WaitViewTests
{
    [Fact]
    public void GetWaits_ForAnOperation_NamesIt()
    {
        using ViewScenario scenario = new();
        using ForebaySession session = scenario.Instance.OpenSession();
        using HeldMethod.OpenScope open = scenario.Held.OpenAtEnd();
        IoWaitReference reference = scenario.StartRead(session.Io, 0, 1);
        Assert.Empty(scenario.Instance.GetWaits());
        Task waiter = Background.Run(() => session.Io.Wait(reference));

        WaitingSession row = Only(scenario, WaitKind.Operation);

        Assert.Equal((session.Id, Environment.ProcessId), (row.Session, row.Process));
        Assert.Equal((reference.Index, reference.Generation), (row.Handle, row.Generation));
        Assert.True(row.Thread > 0);
        Assert.Null(row.Frame);
        scenario.Held.Open();
        Background.Join(waiter);
        Assert.Empty(scenario.Instance.GetWaits());
    }

    [Fact]
    public async Task GetWaits_Awaiting_NamesTheOperation()
    {
        using ViewScenario scenario = new();
        await using ForebaySession session = scenario.Instance.OpenSession();
        using HeldMethod.OpenScope open = scenario.Held.OpenAtEnd();
        IoWaitReference reference = scenario.StartRead(session.Io, 0, 1);
        ValueTask<bool> wait = session.Io.WaitAsync(reference, TestContext.Current.CancellationToken);

        WaitingSession row = Only(scenario, WaitKind.Operation);

        Assert.Equal(reference.Index, row.Handle);
        scenario.Held.Open();
        Assert.True(await wait);
        Assert.Empty(scenario.Instance.GetWaits());
    }

    [Fact]
    public void GetWaits_AllHandlesInUse_NamesTheOldest()
    {
        using ViewScenario scenario = new();
        using ForebaySession session = scenario.Instance.OpenSession();
        using HeldMethod.OpenScope open = scenario.Held.OpenAtEnd();
        IoWaitReference oldest = scenario.StartRead(session.Io, 0, 1);
        for (int i = 1; i < ViewScenario.Handles; i++)
            scenario.StartRead(session.Io, 0, 1);
        Task<int> acquiring = Background.Run(() => session.Io.Acquire(null));

        WaitingSession row = Only(scenario, WaitKind.FreeHandle);

        Assert.Equal(oldest.Index, row.Handle);
        scenario.Held.Open();
        session.Io.Release(Background.Join(acquiring));
    }

    [Fact]
    public void GetWaits_ForALockedPage_NamesItsFrame()
    {
        using ViewScenario scenario = new(IoMethod.Sync);
        using ForebaySession holder = scenario.Instance.OpenSession();
        using ForebaySession session = scenario.Instance.OpenSession();
        using PinnedPage held = holder.Read(scenario.Fork, 7);
        using PinnedPage page = session.Read(scenario.Fork, 7);
        LockedPage locked = held.Lock(ContentLockMode.Exclusive);
        Task waiter = Background.Run(() => page.Lock(ContentLockMode.Shared).Dispose());

        WaitingSession row = Only(scenario, WaitKind.ContentLock);

        Assert.Equal(session.Id, row.Session);
        Assert.Equal(scenario.Instance.GetBuffers().Single().Frame, row.Frame);
        Assert.Null(row.Handle);
        locked.Dispose();
        Background.Join(waiter);
        Assert.Empty(scenario.Instance.GetWaits());
    }

    [Fact]
    public void GetWaits_ForBeingAlone_SaysSo()
    {
        using ViewScenario scenario = new(IoMethod.Sync);
        using ForebaySession holder = scenario.Instance.OpenSession();
        using ForebaySession session = scenario.Instance.OpenSession();
        PinnedPage held = holder.Read(scenario.Fork, 7);
        using PinnedPage page = session.Read(scenario.Fork, 7);
        Task waiter = Background.Run(() => page.LockForCleanup().Dispose());

        Assert.Equal(session.Id, Only(scenario, WaitKind.PinsOfOthers).Session);

        held.Dispose();
        Background.Join(waiter);
    }

    private static WaitingSession Only(ViewScenario scenario, WaitKind kind)
    {
        Background.Until(
            () => scenario.Instance.GetWaits() is [{ } row] && row.Kind == kind, $"a session waits: {kind}");
        return Assert.Single(scenario.Instance.GetWaits());
    }
}
