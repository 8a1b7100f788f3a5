using System.Globalization;
using Forebay.Engine;
using Forebay.Handles;
using Forebay.Interop;
using Forebay.Methods.IoUring;
using Forebay.Tests.Interop.IoUring;
using Shared;

namespace Forebay.Tests.Methods.IoUring;

/// <summary>
/// Orders of events in which an operation was once left to nobody, or might be. Alone, since one of them watches the
/// process's threads.
/// </summary>
[Collection(nameof(RingAloneCollection))]
public class LostWakeUpTests
{
    /// <summary>
    /// The kernel refuses, the queue is full, the second operation is on its way back into the overflow queue. Before
    /// it arrives there the kernel has changed its mind, and the first has completed: whoever drained that one found
    /// the overflow queue empty. Nothing is in the kernel that could bring anybody back.
    /// </summary>
    [Fact]
    public async Task Submit_RingEmptiesBeforeTheRestIsQueued_TheSubmitterLooksAgain()
    {
        RefusingKernel kernel = new();
        using RingEngine engine = new(new IoUringOptions { Rings = 1, RingEntries = 1 }, kernel);
        using IoSession session = engine.OpenSession();
        int calls = 0;
        kernel.OnSubmit = _ => ++calls == 1 ? Errno.TryAgain : Errno.None;
        session.EnterBatch();
        IoWaitReference first = engine.Test.StartRead(session, 1, 1);
        IoWaitReference second = engine.Test.StartRead(session, 2, 2);
        kernel.AfterSubmit = () =>
        {
            kernel.AfterSubmit = null;
            Background.Until(() => engine.Test.Engine.IsOver(first), "the first, in the middle of the submission");
            Assert.Equal(1, engine.Method.Read().InFlight);
        };

        session.ExitBatch();

        Assert.Equal(0, engine.Method.Read().Waiting);
        await session.WaitAsync(second).AsTask().WaitAsync(Background.Limit);
        Assert.True(engine.Test.Holds(2, 2));
    }

    /// <summary>
    /// A drainer makes room for an operation that is awaited; the kernel refuses it; the drainer has what it came for
    /// and leaves. The reaper has been woken before that, found nothing to do and sleeps: it must be told.
    /// </summary>
    [Fact]
    public async Task Drain_NewWorkIsRefusedAndTheDrainerLeaves_TheReaperIsTold()
    {
        RefusingKernel kernel = new();
        using RingEngine engine = new(new IoUringOptions { Rings = 1, DeviceBudget = 1 }, kernel);
        using IoSession busy = engine.OpenSession();
        using IoSession session = engine.OpenSession();
        using IDisposable atEnd = kernel.AcceptAtEnd();
        using ManualFile file = new();
        IoWaitReference inTheWay = engine.StartManual(busy, file, 1);
        IoWaitReference awaited = engine.Test.StartRead(session, 5, 5);
        Task<bool> wait = session.WaitAsync(awaited).AsTask();
        Task drainer = Background.Run(() => engine.Test.Engine.Wait(inTheWay));
        engine.UntilAttended(0, 0);
        Background.Until(() => Reaper().Sleeps, "a reaper that sleeps");
        long rounds = Reaper().Rounds;
        int refusals = 0;
        kernel.OnSubmit = _ =>
        {
            if (Interlocked.Increment(ref refusals) == 1)
                Background.Until(() => Reaper() is var seen && seen.Sleeps && seen.Rounds > rounds, "its next sleep");
            return Errno.TryAgain;
        };

        file.Complete();
        Background.Join(drainer);
        Assert.False(wait.IsCompleted);
        kernel.OnSubmit = null;

        await wait.WaitAsync(Background.Limit);
        Assert.True(engine.Test.Holds(5, 5));
    }

    /// <summary>As with a waiter that blocks: what does not fit comes when the kernel takes entries again.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    public async Task WaitAsync_QueueFullOfRefused_TheRestComes(int entries, int rings)
    {
        RefusingKernel kernel = new();
        using RingEngine engine = new(
            new IoUringOptions { Rings = rings, RingEntries = entries }, kernel, concurrency: 32);
        using IoSession session = engine.OpenSession();
        using IDisposable atEnd = kernel.AcceptAtEnd();
        kernel.OnSubmit = static _ => Errno.TryAgain;
        session.EnterBatch();
        IoWaitReference last = default;
        for (int i = 0; i < 20; i++)
            last = engine.Test.StartRead(session, i, i);
        session.ExitBatch();
        Task<bool> wait = session.WaitAsync(last).AsTask();
        int seen = kernel.Refusals;
        Background.Until(() => kernel.Refusals > seen + 3, "a reaper that offers again and again");
        Assert.False(wait.IsCompleted);

        kernel.OnSubmit = null;

        await wait.WaitAsync(Background.Limit);
        Assert.True(engine.Test.Holds(19, 19));
    }

    /// <summary>
    /// The tag tells a handle's uses apart, also where only the upper half of the generation differs.
    /// </summary>
    [Fact]
    public void RequestTag_OfOneUse_NamesNoOther()
    {
        RequestTag tag = RequestTag.Of(handle: int.MaxValue, generation: 0x1_0000_0007);

        Assert.Equal(int.MaxValue, tag.Handle);
        Assert.True(tag.Names(0x1_0000_0007));
        Assert.False(tag.Names(0x1_0000_0008));
        Assert.False(tag.Names(0x1_0000_0006));
        Assert.NotEqual(tag, RequestTag.Of(0, 0x1_0000_0007));
    }

    // What the system says of the reaper's thread: how often it went to sleep, and whether it does now.
    private static (bool Sleeps, long Rounds) Reaper()
    {
        foreach (string task in Directory.GetDirectories("/proc/self/task"))
        {
            string[] status = File.ReadAllLines(Path.Combine(task, "status"));
            if (!CompletionReaper.ThreadName.StartsWith(Value(status, "Name"), StringComparison.Ordinal)
                || Value(status, "Name").Length == 0)
                continue;
            return (Value(status, "State").StartsWith('S'),
                long.Parse(Value(status, "voluntary_ctxt_switches"), CultureInfo.InvariantCulture));
        }

        return (false, 0);
    }

    private static string Value(string[] status, string key) =>
        status.First(line => line.StartsWith(key + ":", StringComparison.Ordinal))[(key.Length + 1)..].Trim();
}
