using System.Diagnostics;
using System.Runtime.InteropServices;
using Forebay.Interop;
using Forebay.Interop.IoUring;

namespace Forebay.Tests.Interop.IoUring;

public class RingWaitTests
{
    [Fact]
    public void Wait_NothingInFlight_EndsWithTheTime()
    {
        using Ring ring = RingTesting.Create();
        long start = Stopwatch.GetTimestamp();
        Assert.Equal(-(int)Errno.TimeExpired, ring.Wait(1, TimeSpan.FromMilliseconds(20)));
        Assert.True(Stopwatch.GetElapsedTime(start) >= TimeSpan.FromMilliseconds(20));
        Assert.Equal(-(int)Errno.TimeExpired, ring.Wait(1, TimeSpan.Zero));
        Assert.Equal(-(int)Errno.TimeExpired, ring.Wait(1, TimeSpan.FromTicks(-5)));
    }

    [Fact]
    public void Wait_EnoughCompleted_ReturnsAtOnce()
    {
        using Ring ring = RingTesting.Create();
        Nops(ring, 3);
        Assert.Equal(3, ring.Submit());
        Assert.Equal(0, ring.Wait(3, Timeout.InfiniteTimeSpan));
        Assert.Equal(0, ring.Wait(2, RingTesting.Patience));
        Assert.Equal(0, ring.Wait(0, RingTesting.Patience));
        Assert.Equal(0, ring.Wait(4, TimeSpan.Zero));   // the time ran out, but there is something to look at
        Assert.Equal(3, RingTesting.Drain(ring, 3).Length);
    }

    [Fact]
    public void Wait_WhileAnotherThreadSubmits_WakesUp()
    {
        using Ring ring = RingTesting.Create();
        int result = int.MinValue;
        Thread waiter = new(() => result = ring.Wait(1, RingTesting.Patience));
        waiter.Start();

        // Whether the waiter sleeps already or not, this has to wake it.
        Nops(ring, 1);
        Assert.Equal(1, ring.Submit());
        waiter.Join();
        Assert.Equal(0, result);
        Assert.Single(RingTesting.Drain(ring, 1));
    }

    [Fact]
    public void Wait_SignalToTheWaiter_IsInterruptedAndLosesNothing()
    {
        const int Urgent = 23;   // SIGURG
        using var handler = PosixSignalRegistration.Create((PosixSignal)Urgent, context => context.Cancel = true);
        using Ring ring = RingTesting.Create();
        int number = 0;
        int result = 0;
        Thread waiter = new(() =>
        {
            Volatile.Write(ref number, ThreadSandbox.CurrentThread);
            result = ring.Wait(1, RingTesting.Patience);
        });
        waiter.Start();
        SpinWait spin = default;
        while (waiter.IsAlive)
        {
            // Until one of them finds the thread in its wait.
            if (Volatile.Read(ref number) is var thread and not 0)
                ThreadSandbox.Signal(thread, Urgent);
            spin.SpinOnce(sleep1Threshold: -1);
        }

        Assert.Equal(-(int)Errno.Interrupted, result);
        Nops(ring, 1);
        Assert.Equal(1, ring.Submit());
        Assert.Single(RingTesting.Drain(ring, 1));
    }

    [Fact]
    public void SubmitAndWait_SubmitsAndWaitsInOneCall()
    {
        ScriptedKernel kernel = new();
        using Ring ring = RingTesting.Create(kernel: kernel);
        Nops(ring, 2);
        Assert.Equal(2, ring.SubmitAndWait(2, RingTesting.Patience));
        Assert.Equal(1, kernel.Enters);
        Completion[] completions = new Completion[4];
        Assert.Equal(2, ring.Drain(completions));

        // More awaited than there will be: the time ends, what was submitted is still said.
        Nops(ring, 2);
        Assert.Equal(2, ring.SubmitAndWait(3, TimeSpan.FromMilliseconds(1)));
        Assert.Equal(2, ring.Drain(completions));
        Assert.Equal(-(int)Errno.TimeExpired, ring.SubmitAndWait(1, TimeSpan.Zero));
    }

    [Fact]
    public void SubmitAndWait_OwnedRing_CompletionsAppearOnlyInsideTheOwnersCalls()
    {
        using Ring ring = RingTesting.Create(new RingOptions { Threading = RingThreading.Owned });
        Assert.SkipUnless((ring.SetupFlags & RingSetupFlags.DeferTaskRun) != 0, "this kernel has no DEFER_TASKRUN");
        Assert.Equal(0, ring.RegisterRingDescriptor());
        using RingFile file = new(8192, 1, direct: true);
        using RingMemory memory = new(4096);
        for (ulong i = 0; i < 100; i++)
        {
            Assert.True(ring.TryGetEntry(out SubmissionEntry entry));
            entry.PrepareRead(file.Descriptor, memory.Address, 4096, 4096, i);
            Assert.Equal(1, ring.SubmitAndWait(1, Timeout.InfiniteTimeSpan));
            Assert.True(ring.TryTakeCompletion(out Completion completion));
            Assert.Equal(new Completion(i, 4096, 0), completion);
        }

        Assert.Equal(file.Content.AsSpan(4096, 4096), memory.Span);
        Assert.Equal(0, ring.UnregisterRingDescriptor());
        Nops(ring, 1);
        Assert.Equal(1, ring.Submit());
        Assert.Equal(0, ring.Wait(1, Timeout.InfiniteTimeSpan));
    }

    [Fact]
    public void Descriptor_WithCompletionsReady_IsReadable()
    {
        using Ring ring = RingTesting.Create();
        Nops(ring, 1);
        Assert.Equal(1, ring.Submit());
        Assert.True(EventCounter.Sleep(ring.Descriptor));
    }

    [Fact]
    public void EventNotifications_Toggled_SignalOnlyWhileEnabled()
    {
        using Ring ring = RingTesting.Create();
        using EventCounter counter = new();
        Assert.Equal(0, ring.RegisterEventFd(counter.Descriptor));

        ring.DisableEventNotifications();
        Nops(ring, 2);
        Assert.Equal(2, ring.Submit());
        Assert.Equal(0ul, counter.Take());

        ring.EnableEventNotifications();
        Assert.True(ring.HasCompletions);   // the re-check that sees what came before
        Nops(ring, 1);
        Assert.Equal(1, ring.Submit());
        Assert.True(counter.Take() > 0);

        Assert.Equal(0, ring.UnregisterEventFd());
        Nops(ring, 1);
        Assert.Equal(1, ring.Submit());
        Assert.Equal(0ul, counter.Take());
        Assert.Equal(4, RingTesting.Drain(ring, 4).Length);
    }

    [Fact]
    public void EventNotifications_PollerEnablesAndRechecks_MissesNoCompletion()
    {
        // The protocol of a sleeping completer, many times over: enable, look again, sleep, drain, disable.
        const int Rounds = 2000;
        using Ring ring = RingTesting.Create();
        using EventCounter counter = new();
        Assert.Equal(0, ring.RegisterEventFd(counter.Descriptor));
        ring.DisableEventNotifications();
        int drained = 0;
        bool missed = false;
        Thread poller = new(() =>
        {
            Completion[] completions = new Completion[8];
            while (Volatile.Read(ref drained) < Rounds && !missed)
            {
                ring.EnableEventNotifications();
                if (!ring.HasCompletions && !counter.Sleep())
                    missed = true;
                ring.DisableEventNotifications();
                _ = counter.Take();
                Volatile.Write(ref drained, drained + ring.Drain(completions));
            }
        });
        poller.Start();
        SpinWait spin = default;
        for (int round = 0; round < Rounds && poller.IsAlive; round++)
        {
            while (Volatile.Read(ref drained) < round && poller.IsAlive)
                spin.SpinOnce(sleep1Threshold: -1);
            Nops(ring, 1);
            Assert.Equal(1, ring.Submit());
        }

        poller.Join();
        Assert.False(missed, $"asleep with a completion in the queue after {drained}");
        Assert.Equal(Rounds, drained);
    }

    private static void Nops(Ring ring, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Assert.True(ring.TryGetEntry(out SubmissionEntry entry));
            entry.PrepareNop((ulong)i);
        }
    }
}
