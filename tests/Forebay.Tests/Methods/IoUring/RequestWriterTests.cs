using Forebay.Engine;
using Forebay.Handles;
using Forebay.Interop;
using Forebay.Interop.IoUring;
using Forebay.Memory;
using Forebay.Methods;
using Forebay.Methods.IoUring;
using Forebay.Tests.Interop.IoUring;
using Shared;

namespace Forebay.Tests.Methods.IoUring;

/// <summary>Which request carries an operation: looked at in the entry, before any kernel sees it.</summary>
public sealed class RequestWriterTests : IDisposable
{
    private const int FrameBytes = TestEngine.FrameBytes;

    private readonly Ring _ring;
    private readonly TestEngine _engine;
    private readonly IoSession _session;
    private MethodServices? _services;

    public RequestWriterTests()
    {
        _ring = RingTesting.Create(new RingOptions { VectorsPerEntry = 8 });

        // Held: what is started lies still, submitted, and can be written into an entry.
        _engine = new TestEngine(
            (services, _) =>
            {
                _services = services;
                return new HeldMethod(services, open: false);
            },
            concurrency: 16);
        _session = _engine.OpenSession();
    }

    // Frames of 4 KiB in slabs of four, but for the last rows; -1 = no registered buffer.
    [Theory]
    [InlineData(4, true, "1", "ReadFixed", 0)]
    [InlineData(4, true, "5", "ReadFixed", 1)]
    [InlineData(4, true, "255", "ReadFixed", 63)]
    [InlineData(4, true, "1,2,3", "ReadFixed", 0)]
    [InlineData(4, true, "3,4", "Read", -1)]
    [InlineData(4, true, "4,6", "ReadVectorFixed", 1)]
    [InlineData(4, true, "7,5,6", "ReadVectorFixed", 1)]
    [InlineData(4, true, "1,5", "ReadVector", -1)]
    [InlineData(4, true, "0,2,3,4", "ReadVector", -1)]
    [InlineData(4, false, "4,6", "ReadVector", -1)]
    [InlineData(4, false, "4,5", "ReadFixed", 1)]
    [InlineData(3, true, "255", "ReadFixed", 85)]
    [InlineData(3, true, "252,254", "ReadVectorFixed", 84)]
    [InlineData(1024, true, "0,255", "ReadVectorFixed", 0)]
    [InlineData(1024, true, "3,4", "ReadFixed", 0)]
    [InlineData(0, true, "3", "Read", -1)]
    [InlineData(0, true, "3,5", "ReadVector", -1)]
    public void Write_Transfers_AreCarriedByTheCheapestRequest(
        int slabFrames, bool scatters, string frames, string expected, int buffer)
    {
        FixedBuffers buffers = slabFrames == 0
            ? new FixedBuffers()
            : new FixedBuffers(_services!.Arenas, [FrameArenas.Pool], slabFrames * FrameBytes);
        RequestWriter writer = new(_services!, buffers, scatters, new FixedFiles(1, 0, 1));
        int[] numbers = [.. frames.Split(',').Select(int.Parse)];

        foreach (IoOperation operation in (IoOperation[])[IoOperation.ReadVector, IoOperation.WriteVector])
        {
            int handle = Start(operation, IoHandleFlags.None, numbers);
            SubmissionEntry entry = Write(writer, handle);

            string carried = entry.Operation.ToString();
            Assert.Equal(operation == IoOperation.WriteVector ? expected.Replace("Read", "Write") : expected, carried);
            Assert.Equal(Math.Max(buffer, 0), entry.BufferIndex);
            Assert.Equal(_engine.File.Descriptor, entry.File);
            Assert.Equal(SubmissionFlags.None, entry.Flags);
            Assert.Equal(TransferFlags.None, entry.TransferFlags);
            if (carried.Contains("Vector", StringComparison.Ordinal))
                AssertVectors(entry, numbers);
        }
    }

    [Fact]
    public void Find_OtherArenas_HaveNoSlab()
    {
        FixedBuffers buffers = new(_services!.Arenas, [FrameArenas.Pool]);
        IoVector frame = new(_services.Arenas[FrameArenas.Pool].Address, FrameBytes);

        Assert.Equal(0, buffers.Find(FrameArenas.Pool, [frame]));
        Assert.Equal(FixedBuffers.None, buffers.Find(FrameArenas.Pool, []));
        Assert.Equal(FixedBuffers.None, buffers.Find(FrameArenas.Pool + 1, [frame]));
        Assert.Equal(FixedBuffers.None, new FixedBuffers().Find(FrameArenas.Pool, [frame]));
    }

    [Fact]
    public void Slabs_OfAnArena_CoverItWithoutOverlap()
    {
        FrameArena arena = _services!.Arenas[FrameArenas.Pool];
        FixedBuffers buffers = new(_services.Arenas, [FrameArenas.Pool], (100 * FrameBytes) + 17);

        nint next = arena.Address;
        foreach (IoVector slab in buffers.Slabs)
        {
            Assert.Equal(next, slab.Address);
            Assert.Equal(0, (int)slab.Length % FrameBytes);
            next += (nint)slab.Length;
        }

        Assert.Equal(3, buffers.Slabs.Length);
        Assert.Equal(arena.Address + ((nint)arena.FrameCount * FrameBytes), next);
    }

    /// <summary>
    /// A buffered read may find its pages cached and would be copied in the submitting thread; beyond a few, or when it
    /// is long, a kernel thread does it. A direct one copies nothing and stays.
    /// </summary>
    [Fact]
    public void Write_BufferedReads_GoToKernelThreadsBeyondAFew()
    {
        RequestWriter writer = new(_services!, new FixedBuffers(), false, new FixedFiles(1, 0, 1));
        int[] few = [.. Enumerable.Range(0, RequestWriter.InlineReadsMax).Select(n => StartRead(n))];
        foreach (int handle in few)
            Assert.Equal(SubmissionFlags.None, Write(writer, handle).Flags);

        int beyond = StartRead(9);
        Assert.Equal(SubmissionFlags.Asynchronous, Write(writer, beyond).Flags);
        writer.Returned(ref _services!.Handles[beyond]);
        writer.Returned(ref _services.Handles[few[0]]);
        Assert.Equal(SubmissionFlags.None, Write(writer, StartRead(10)).Flags);

        int direct = Start(IoOperation.ReadVector, IoHandleFlags.None, [1, 3, 5, 7]);
        Assert.Equal(SubmissionFlags.None, Write(writer, direct).Flags);
        int written = Start(IoOperation.WriteVector, IoHandleFlags.Buffered, [1, 3, 5, 7]);
        Assert.Equal(SubmissionFlags.None, Write(writer, written).Flags);

        int StartRead(int frame) => Start(IoOperation.ReadVector, IoHandleFlags.Buffered, [frame]);
    }

    [Fact]
    public void Write_LongBufferedRead_GoesToAKernelThreadAtOnce()
    {
        RequestWriter writer = new(_services!, new FixedBuffers(), false, new FixedFiles(1, 0, 1));
        int[] frames = [.. Enumerable.Range(0, RequestWriter.InlineFramesMax + 1)];

        Assert.Equal(
            SubmissionFlags.Asynchronous,
            Write(writer, Start(IoOperation.ReadVector, IoHandleFlags.Buffered, frames)).Flags);
        Assert.Equal(
            SubmissionFlags.None,
            Write(writer, Start(IoOperation.ReadVector, IoHandleFlags.Buffered, frames[1..])).Flags);
    }

    [Fact]
    public void Write_UncachedAndSyncs_SayWhatTheyAre()
    {
        RequestWriter writer = new(_services!, new FixedBuffers(), false, new FixedFiles(1, 0, 1));

        SubmissionEntry uncached = Write(writer, Start(IoOperation.ReadVector, IoHandleFlags.Uncached, [1]));
        Assert.Equal(TransferFlags.DontCache, uncached.TransferFlags);
        SubmissionEntry data = Write(writer, Start(IoOperation.SyncData, IoHandleFlags.None, [1]));
        Assert.Equal((RingOperation.FileSync, 1u), (data.Operation, (uint)data.TransferFlags));
        SubmissionEntry all = Write(writer, Start(IoOperation.Sync, IoHandleFlags.None, [1]));
        Assert.Equal((RingOperation.FileSync, 0u), (all.Operation, (uint)all.TransferFlags));
    }

    public void Dispose()
    {
        _engine.Held.Open();
        _session.Dispose();
        _engine.Dispose();
        _ring.Dispose();
    }

    private int Start(IoOperation operation, IoHandleFlags flags, int[] frames)
    {
        int handle = TestEngine.Describe(_session, null, frames, [TransferCallback.Id]);
        if (flags != IoHandleFlags.None)
            _session.AddFlags(handle, flags);
        int length = operation is IoOperation.Sync or IoOperation.SyncData ? 0 : frames.Length * FrameBytes;
        _session.Start(handle, operation, _engine.Target.Lease(), 0, length);
        return handle;
    }

    private SubmissionEntry Write(RequestWriter writer, int handle)
    {
        Assert.True(_ring.TryGetEntry(out SubmissionEntry entry));
        writer.Write(entry, handle, ring: null!); // files are not registered, so no ring is asked
        Assert.Equal(RequestTag.Of(handle, _services!.Handles[handle].Word.Generation).Value, entry.UserData);
        return entry;
    }

    private void AssertVectors(SubmissionEntry entry, int[] frames)
    {
        FrameArena arena = _services!.Arenas[FrameArenas.Pool];
        int vector = 0;
        foreach (int frame in frames)
        {
            nint address = arena.Address + ((nint)frame * FrameBytes);
            if (vector > 0 && entry.Vectors[vector - 1].Address + (nint)entry.Vectors[vector - 1].Length > address
                && entry.Vectors[vector - 1].Address <= address)
                continue; // a neighbour in memory
            Assert.Equal(address, entry.Vectors[vector++].Address);
        }
    }
}
