using Forebay.Interop;
using Forebay.Interop.IoUring;

namespace Forebay.Tests.Interop.IoUring;

public class RingCompletionTests
{
    [Fact]
    public void Drain_MoreInFlightThanTheQueueHolds_LosesNothingAndKeepsOrder()
    {
        // Four slots for completions and forty requests: the kernel keeps thirty-six to itself.
        ScriptedKernel kernel = new();
        using Ring ring = RingTesting.Create(new RingOptions { Entries = 4, InFlightMax = 4 }, kernel);
        Assert.Equal(4, ring.CompletionCapacity);
        ulong next = 0;
        for (int round = 0; round < 10; round++)
        {
            for (int i = 0; i < 4; i++)
            {
                Assert.True(ring.TryGetEntry(out SubmissionEntry entry));
                entry.PrepareNop(next++);
            }

            Assert.Equal(4, ring.Submit());
        }

        Assert.True(ring.HasCompletions);
        int before = kernel.Enters;
        Completion[] completions = new Completion[64];
        int drained = ring.Drain(completions);
        Assert.Equal(40, drained);
        Assert.Equal(Enumerable.Range(0, 40).Select(i => (ulong)i), completions.Take(40).Select(c => c.UserData));
        Assert.True(kernel.Enters > before, "an overflow is fetched from the kernel");
        Assert.False(ring.HasCompletions);

        // Recovered: the next round goes the ordinary way.
        Assert.True(ring.TryGetEntry(out SubmissionEntry last));
        last.PrepareNop(99);
        Assert.Equal(99ul, RingTesting.SubmitAndDrain(ring, 1)[0].UserData);
    }

    [Fact]
    public void TryTakeCompletion_Overflowed_BringsEveryOneInOrder()
    {
        using Ring ring = RingTesting.Create(new RingOptions { Entries = 2, InFlightMax = 2 });
        for (ulong i = 0; i < 20; i++)
        {
            Assert.True(ring.TryGetEntry(out SubmissionEntry entry));
            entry.PrepareNop(i);
            Assert.Equal(1, ring.Submit());
        }

        for (ulong i = 0; i < 20; i++)
        {
            Assert.True(ring.TryTakeCompletion(out Completion completion));
            Assert.Equal(i, completion.UserData);
        }

        Assert.False(ring.TryTakeCompletion(out _));
    }

    [Fact]
    public void Drain_QueueNotEmptyOrEmpty_StaysOutOfTheKernel()
    {
        ScriptedKernel kernel = new();
        using Ring ring = RingTesting.Create(kernel: kernel);
        Assert.True(ring.TryGetEntry(out SubmissionEntry entry));
        entry.PrepareNop(1);
        Assert.Equal(1, ring.Submit());
        int before = kernel.Enters;
        Completion[] completions = new Completion[8];
        Assert.Equal(1, ring.Drain(completions));
        Assert.Equal(0, ring.Drain(completions));
        Assert.Equal(0, ring.Drain([]));
        Assert.Equal(before, kernel.Enters);
    }

    [Fact]
    public void Drain_CopiesTaken_SurviveTheReuseOfTheirSlots()
    {
        using Ring ring = RingTesting.Create(new RingOptions { Entries = 2, InFlightMax = 2 });
        Completion[] kept = new Completion[2];
        Prepare(ring, 1);
        Prepare(ring, 2);
        Assert.Equal(2, ring.Submit());
        Assert.Equal(2, ring.Drain(kept));
        Prepare(ring, 3);
        Prepare(ring, 4);
        Assert.Equal(2, ring.Submit());
        Assert.Equal([1ul, 2], kept.Select(c => c.UserData));
        Assert.Equal([3ul, 4], RingTesting.Drain(ring, 2).Select(c => c.UserData));
    }

    [Fact]
    public void Drain_SmallerThanWhatIsReady_LeavesTheRest()
    {
        using Ring ring = RingTesting.Create();
        for (ulong i = 0; i < 5; i++)
            Prepare(ring, i);
        Assert.Equal(5, ring.Submit());
        Completion[] two = new Completion[2];
        Assert.Equal(2, ring.Drain(two));
        Assert.Equal([0ul, 1], two.Select(c => c.UserData));
        Assert.True(ring.HasCompletions);
        Assert.Equal([2ul, 3, 4], RingTesting.Drain(ring, 3).Select(c => c.UserData));
    }

    [Fact]
    public void SubmitAndDrain_AfterWarmUp_AllocatesNothing()
    {
        using Ring ring = RingTesting.Create();
        Completion[] completions = new Completion[32];
        Rounds(ring, completions, 200);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Rounds(ring, completions, 2000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Rounds(Ring ring, Completion[] completions, int rounds)
    {
        Span<IoVector> vectors = stackalloc IoVector[2];
        for (int round = 0; round < rounds; round++)
        {
            for (ulong i = 0; i < 8; i++)
            {
                ring.TryGetEntry(out SubmissionEntry entry);
                entry.SetVectors(vectors);
                entry.PrepareNop(i);
            }

            ring.SubmitAndWait(8, RingTesting.Patience);
            ring.Drain(completions);
            ring.Wait(1, TimeSpan.Zero);
        }
    }

    private static void Prepare(Ring ring, ulong userData)
    {
        Assert.True(ring.TryGetEntry(out SubmissionEntry entry));
        entry.PrepareNop(userData);
    }
}
