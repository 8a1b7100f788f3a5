using Forebay.Interop;
using Forebay.Interop.IoUring;

namespace Forebay.Tests.Interop.IoUring;

public class RingSubmissionTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(32)]
    public void Submit_BatchOfNops_EachCompletesOnceInOrder(int batch)
    {
        using Ring ring = RingTesting.Create();
        ulong next = 1;
        for (int round = 0; round < 500; round++)
        {
            ulong first = next;
            for (int i = 0; i < batch; i++)
            {
                Assert.True(ring.TryGetEntry(out SubmissionEntry entry));
                entry.PrepareNop(next++);
            }

            Completion[] completions = RingTesting.SubmitAndDrain(ring, batch);
            Assert.Equal(Enumerable.Range(0, batch).Select(i => first + (ulong)i), completions.Select(c => c.UserData));
            Assert.All(completions, c => Assert.Equal(0, c.Result));
        }

        Assert.False(ring.TryTakeCompletion(out _));
    }

    [Theory]
    [InlineData((uint)RingSetupFlags.None)]
    [InlineData((uint)RingSetupFlags.NoIndexArray)]
    public void Submit_UnevenBatchesManyTimesAround_KeepsOrder(uint without)
    {
        // Seven does not divide eight, so the batches straddle the end of the queue at every position.
        RingSetupFlags left = (RingSetupFlags)without;
        using Ring ring = RingTesting.Create(new RingOptions { Entries = 8, InFlightMax = 8, Without = left });
        Assert.Equal(RingSetupFlags.None, ring.SetupFlags & left);
        for (ulong round = 0; round < 1000; round++)
        {
            for (ulong i = 0; i < 7; i++)
            {
                Assert.True(ring.TryGetEntry(out SubmissionEntry entry));
                entry.PrepareNop((round * 7) + i);
            }

            Completion[] completions = RingTesting.SubmitAndDrain(ring, 7);
            for (ulong i = 0; i < 7; i++)
                Assert.Equal((round * 7) + i, completions[i].UserData);
        }
    }

    [Fact]
    public void TryGetEntry_QueueFull_RefusesUntilSubmitted()
    {
        using Ring ring = RingTesting.Create(new RingOptions { Entries = 4, InFlightMax = 64 });
        Assert.Equal(4, ring.SubmissionCapacity);
        Assert.True(ring.CompletionCapacity >= 64);
        for (ulong i = 0; i < 4; i++)
        {
            Assert.True(ring.TryGetEntry(out SubmissionEntry entry));
            entry.PrepareNop(i);
        }

        Assert.False(ring.TryGetEntry(out _));
        Assert.Equal(4, ring.PendingCount);
        Assert.Equal(4, ring.Submit());
        Assert.Equal(0, ring.PendingCount);
        Assert.True(ring.TryGetEntry(out SubmissionEntry fifth));
        fifth.PrepareNop(4);
        Assert.Equal(1, ring.Submit());
        Assert.Equal([0ul, 1, 2, 3, 4], RingTesting.Drain(ring, 5).Select(c => c.UserData));
    }

    [Fact]
    public void Submit_NothingPending_DoesNotEnterTheKernel()
    {
        ScriptedKernel kernel = new();
        using Ring ring = RingTesting.Create(kernel: kernel);
        Assert.Equal(0, ring.Submit());
        Assert.Equal(0, kernel.Enters);
    }

    [Theory]
    [InlineData((int)Errno.TryAgain)]
    [InlineData((int)Errno.Busy)]
    [InlineData((int)Errno.Interrupted)]
    public void Submit_KernelRefusesOnce_EntriesStayAndGoWithTheNext(int refused)
    {
        ScriptedKernel kernel = new();
        using Ring ring = RingTesting.Create(kernel: kernel);
        for (ulong i = 0; i < 3; i++)
        {
            Assert.True(ring.TryGetEntry(out SubmissionEntry entry));
            entry.PrepareNop(i);
        }

        kernel.NextEnterErrno = (Errno)refused;
        Assert.Equal(-refused, ring.Submit());
        Assert.Equal(3, ring.PendingCount);
        Assert.False(ring.HasCompletions);
        Assert.True(ring.TryGetEntry(out SubmissionEntry fourth));
        fourth.PrepareNop(3);
        Assert.Equal(4, ring.Submit());
        Assert.Equal([0ul, 1, 2, 3], RingTesting.Drain(ring, 4).Select(c => c.UserData));
    }

    [Theory]
    [InlineData((uint)RingSetupFlags.None)]
    [InlineData((uint)RingSetupFlags.SubmitAll)]
    public void Submit_BadEntryAmongGoodOnes_CompletesWithItsErrnoAndTheRestGoesOn(uint without)
    {
        using Ring ring = RingTesting.Create(new RingOptions { Without = (RingSetupFlags)without });
        for (ulong i = 0; i < 5; i++)
        {
            Assert.True(ring.TryGetEntry(out SubmissionEntry entry));
            if (i == 2)
                entry.PrepareCancel(0, i);
            else
                entry.PrepareNop(i);
            if (i == 2)
                entry.Flags = (SubmissionFlags)0x80;   // no such flag
        }

        // Without SubmitAll the kernel stops behind the bad entry; what is left is offered again.
        int submitted = 0;
        while (ring.PendingCount > 0)
        {
            int now = ring.Submit();
            Assert.True(now > 0);
            submitted += now;
        }

        Assert.Equal(5, submitted);
        Completion[] completions = RingTesting.Drain(ring, 5);
        Assert.Equal([0ul, 1, 2, 3, 4], completions.Select(c => c.UserData).Order().ToArray());
        Assert.All(completions, c => Assert.Equal(c.UserData == 2 ? -(int)Errno.InvalidArgument : 0, c.Result));
    }

    [Fact]
    public void TryGetEntry_SlotUsedBefore_IsHandedOutEmpty()
    {
        using RingMemory memory = new(4096);
        using Ring ring = RingTesting.Create(new RingOptions { Entries = 1, InFlightMax = 4 });
        Assert.True(ring.TryGetEntry(out SubmissionEntry first));
        first.PrepareRead(-1, memory.Address, 4096, 0, 7);
        first.Flags = SubmissionFlags.Asynchronous;
        first.TransferFlags = TransferFlags.NoWait;
        Assert.Equal(-(int)Errno.BadDescriptor, RingTesting.SubmitAndDrain(ring, 1)[0].Result);

        // Nobody prepares this one: it must not repeat the read.
        Assert.True(ring.TryGetEntry(out SubmissionEntry second));
        Assert.Equal(0ul, second.UserData);
        Assert.Equal(SubmissionFlags.None, second.Flags);
        Assert.Equal(TransferFlags.None, second.TransferFlags);
        Assert.Equal(new Completion(0, 0, 0), RingTesting.SubmitAndDrain(ring, 1)[0]);
    }

    [Fact]
    public void SetVectors_MoreThanTheSlotHolds_BreaksAnInvariant()
    {
        using Ring ring = RingTesting.Create(new RingOptions { VectorsPerEntry = 2 });
        Assert.True(ring.TryGetEntry(out SubmissionEntry entry));
        bool broken = false;
        using (Forebay.Primitives.Invariant.ThrowOnThisThread())
        {
            try
            {
                entry.SetVectors(new IoVector[3]);
            }
            catch (Forebay.Primitives.InvariantException)
            {
                broken = true;
            }
        }

        Assert.True(broken);
    }

    [Fact]
    public void PrepareCancel_RequestThatWaits_CompletesBoth()
    {
        using Ring ring = RingTesting.Create();
        int pipe = Libc.EventDescriptor(0, 0);
        using RingMemory memory = new(8);
        Assert.True(ring.TryGetEntry(out SubmissionEntry read));
        read.PrepareRead(pipe, memory.Address, 8, 0, 1);   // an eventfd at zero: it waits
        Assert.Equal(1, ring.Submit());
        Assert.True(ring.TryGetEntry(out SubmissionEntry cancel));
        cancel.PrepareCancel(1, 2);
        Completion[] completions = RingTesting.SubmitAndDrain(ring, 2);
        _ = Libc.Close(pipe);
        Assert.Equal(-125, completions.Single(c => c.UserData == 1).Result);
        Assert.Equal(0, completions.Single(c => c.UserData == 2).Result);
    }

    [Fact]
    public void PrepareNop_WithResult_CompletesWithIt()
    {
        using Ring ring = RingTesting.Create();
        Assert.True(ring.TryGetEntry(out SubmissionEntry entry));
        entry.PrepareNop(-5, 1);
        int result = RingTesting.SubmitAndDrain(ring, 1)[0].Result;
        Assert.SkipWhen(result == -(int)Errno.InvalidArgument, "this kernel injects no results");
        Assert.Equal(-5, result);
    }
}
