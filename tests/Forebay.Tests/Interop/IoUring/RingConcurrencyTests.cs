using Forebay.Interop;
using Forebay.Interop.IoUring;

namespace Forebay.Tests.Interop.IoUring;

// A submitter and a completer at work on one ring at the same time.
public class RingConcurrencyTests
{
    [Theory]
    [InlineData(1, 4, 4)]
    [InlineData(16, 16, 64)]
    [InlineData(32, 32, 256)]
    public void SubmitterAndCompleter_Hammering_EachRequestCompletesExactlyOnce(int batch, int entries, int inFlightMax)
    {
        const int Requests = 100_000;
        using Ring ring = RingTesting.Create(new RingOptions { Entries = entries, InFlightMax = inFlightMax });
        byte[] seen = new byte[Requests];
        int drained = 0;
        int trouble = 0;
        Thread completer = new(() =>
        {
            Completion[] completions = new Completion[64];
            while (drained < Requests && Volatile.Read(ref trouble) == 0)
            {
                int count = ring.Drain(completions);
                for (int i = 0; i < count; i++)
                    seen[completions[i].UserData]++;
                Volatile.Write(ref drained, drained + count);
                int result = count > 0 ? 0 : ring.Wait(1, RingTesting.Patience);
                if (result is not 0 and not -(int)Errno.Interrupted)
                    Volatile.Write(ref trouble, result);
            }
        });
        completer.Start();
        SpinWait spin = default;
        int next = 0;
        while (next < Requests && completer.IsAlive)
        {
            // The limit on what is in flight is the submitter's business; the ring only has the room for it.
            int room = Math.Min(batch, inFlightMax - (next - Volatile.Read(ref drained)));
            room = Math.Min(room, Requests - next);
            if (room <= 0)
            {
                spin.SpinOnce(sleep1Threshold: -1);
                continue;
            }

            for (int i = 0; i < room; i++)
            {
                Assert.True(ring.TryGetEntry(out SubmissionEntry entry));
                entry.PrepareNop((ulong)next++);
            }

            Assert.Equal(room, ring.Submit());
        }

        completer.Join();
        Assert.Equal(0, trouble);
        Assert.Equal(Requests, drained);
        Assert.All(seen.Distinct(), times => Assert.Equal(1, times));
    }

    [Theory]
    [InlineData(false, 2000)]
    [InlineData(true, 500)]
    public void RolesHandedAroundUnderLocks_ReadsOfARealFile_EachBringsItsPage(bool direct, int readsEach)
    {
        // Four threads take both roles in turn, as sessions that share a ring do.
        const int Page = 4096;
        const int Threads = 4;
        using RingFile file = new(64 * Page, 11, direct);
        using RingMemory memory = new(Threads * Page);
        using Ring ring = RingTesting.Create(new RingOptions { Entries = 8, InFlightMax = Threads });
        Lock submission = new();
        Lock completion = new();
        int[] results = new int[Threads];
        int failures = 0;
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(number => new Thread(() =>
        {
            Completion[] completions = new Completion[16];
            for (int i = 0; i < readsEach && Volatile.Read(ref failures) == 0; i++)
            {
                int page = ((i * 7) + (number * 13)) % 64;
                Volatile.Write(ref results[number], int.MinValue);
                lock (submission)
                {
                    ring.TryGetEntry(out SubmissionEntry entry);
                    entry.SetVectors([memory.Part(number * Page, Page)]);
                    entry.PrepareReadVector(file.Descriptor, 1, page * Page, (ulong)number);
                    if (ring.Submit() != 1)
                        Interlocked.Increment(ref failures);
                }

                while (Volatile.Read(ref results[number]) == int.MinValue && Volatile.Read(ref failures) == 0)
                {
                    lock (completion)
                    {
                        int count = ring.Drain(completions);
                        for (int c = 0; c < count; c++)
                            Volatile.Write(ref results[completions[c].UserData], completions[c].Result);
                        if (count == 0 && Volatile.Read(ref results[number]) == int.MinValue)
                            ring.Wait(1, RingTesting.Patience);
                    }
                }

                Span<byte> frame = memory.Span.Slice(number * Page, Page);
                if (results[number] != Page || !frame.SequenceEqual(file.Content.AsSpan(page * Page, Page)))
                    Interlocked.Increment(ref failures);
            }
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        Assert.Equal(0, failures);
        Assert.False(ring.HasCompletions);
    }

    [Fact]
    public void SubmittingThread_Exits_ItsCompletionsAreStillThere()
    {
        using RingFile file = new(64 * 4096, 12, direct: true);
        using RingMemory memory = new(32 * 4096);
        using Ring ring = RingTesting.Create();
        int submitted = 0;
        Thread submitter = new(() =>
        {
            for (int i = 0; i < 32; i++)
            {
                ring.TryGetEntry(out SubmissionEntry entry);
                entry.PrepareRead(file.Descriptor, memory.Address + (i * 4096), 4096, i * 4096, (ulong)i);
            }

            submitted = ring.Submit();
        });
        submitter.Start();
        submitter.Join();
        Assert.Equal(32, submitted);

        // Each comes back exactly once: read, or given up because its submitter is gone.
        Completion[] completions = RingTesting.Drain(ring, 32);
        Assert.Equal(Enumerable.Range(0, 32).Select(i => (ulong)i), completions.Select(c => c.UserData).Order());
        int[] outcomes = [4096, -(int)Errno.Cancelled, -(int)Errno.Fault];
        Assert.All(completions, c => Assert.Contains(c.Result, outcomes));
    }
}
