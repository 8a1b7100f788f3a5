using System.Diagnostics;
using Forebay.Comparison.Records;
using Forebay.Comparison.Running;
using Forebay.Interop;
using Forebay.Interop.IoUring;
using Microsoft.Win32.SafeHandles;

namespace Forebay.Comparison.Peers;

/// <summary>
/// The ring layer alone: one ring, registered file and memory (on huge pages, as the pool's is), a fixed number of
/// reads in flight, no handles, no pool.
/// </summary>
internal sealed class RingReads(
    DataFile file, bool random, int blockBytes, int depth, RingThreading threading) : Contender
{
    private const int DrainMax = 64;

    public override string Name => $"Forebay ring alone ({(threading == RingThreading.Owned ? "owned" : "shared")}), "
        + $"depth {depth}";

    public override string? Missing => ForebayStream.WhyNot(IoMethod.IoUring);

    public override Measurement Run(Turn turn)
    {
        RingOptions options = new()
        {
            Entries = Math.Max(64, depth), InFlightMax = 2 * depth, VectorsPerEntry = 0, Threading = threading,
        };
        if (!Ring.TryCreate(options, out Ring? ring, out RingRefusal? refusal))
            throw new InvalidOperationException(refusal.ToString());
        using (ring)
        using (SafeFileHandle handle = DirectFile.Open(file.Path))
        using (AlignedMemory memory = new(depth * blockBytes, hugePages: true))
        {
            Register(ring, handle, memory);
            return Read(ring, memory, turn);
        }
    }

    private Measurement Read(Ring ring, AlignedMemory memory, Turn turn)
    {
        int pieces = (int)(file.Bytes / blockBytes);
        uint[]? order = random ? RandomBlocks.Permutation(pieces, turn.Seed) : null;
        Span<Completion> completions = stackalloc Completion[DrainMax];
        List<double>? latencies = depth == 1 ? new List<double>(1 << 20) : null;
        long enters = 0;
        long next = 0;
        long done = 0;
        int inFlight = 0;
        RunClock clock = new();
        while (inFlight < depth && next < pieces)
        {
            Fill(ring, memory, inFlight++, order, next++);
        }

        long start = Stopwatch.GetTimestamp();
        while (inFlight > 0)
        {
            Check(ring.SubmitAndWait(1, Timeout.InfiniteTimeSpan));
            enters++;
            int count = ring.Drain(completions);
            if (latencies is not null && count > 0)
            {
                latencies.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
                start = Stopwatch.GetTimestamp();
            }

            bool goesOn = random ? clock.Seconds < turn.Seconds : next < pieces;
            for (int i = 0; i < count; i++)
            {
                if (completions[i].Result != blockBytes)
                    throw new IOException($"A read of the ring ended with {completions[i].Result}.");
                done++;
                inFlight--;
                if (!goesOn || (!random && next >= pieces))
                    continue;
                Fill(ring, memory, (int)completions[i].UserData, order, next++ % pieces);
                inFlight++;
            }
        }

        Dictionary<string, double> figures = new() { ["I/Os/enter"] = done / (double)enters };
        Measurement measured = clock.Stop(done * blockBytes / PageBytes, figures);
        if (latencies is not null)
        {
            figures["p50 µs"] = Statistics.Quantile(latencies, 0.50);
            figures["p99 µs"] = Statistics.Quantile(latencies, 0.99);
        }

        return measured;
    }

    private void Fill(Ring ring, AlignedMemory memory, int slot, uint[]? order, long piece)
    {
        if (!ring.TryGetEntry(out SubmissionEntry entry))
            throw new InvalidOperationException("The ring is full.");
        long at = order is null ? piece : order[piece];
        entry.PrepareReadFixed(
            0, memory.Address + (slot * blockBytes), blockBytes, at * blockBytes, buffer: 0, (ulong)slot);
        entry.Flags = SubmissionFlags.FixedFile;
    }

    private void Register(Ring ring, SafeFileHandle handle, AlignedMemory memory)
    {
        Check(ring.RegisterBuffers([new IoVector(memory.Address, (nuint)(depth * blockBytes))]));
        Check(ring.RegisterFileTable(1));
        Check(ring.UpdateFile(0, (int)handle.DangerousGetHandle()));
        if (threading == RingThreading.Owned)
            Check(ring.RegisterRingDescriptor());
    }

    private static void Check(int result)
    {
        if (result < 0)
            throw new IOException($"A call of the ring ended with {result}.");
    }
}
