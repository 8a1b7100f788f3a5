using Forebay.Buffers;
using Forebay.Handles;
using Forebay.Interop;
using Forebay.Storage;
using Forebay.Streams;
using Shared;

namespace Forebay.Conformance.Streams;

/// <summary>What goes wrong is raised at its page's turn, after the pages before it, and leaves no pin.</summary>
public sealed class StreamFailureTests
{
    private const int Blocks = 40;

    public static TheoryData<string, uint> MethodsAndBlocks
    {
        get
        {
            TheoryData<string, uint> data = [];
            foreach (string method in StreamScenario.Methods.Select(row => row.Data))
            {
                foreach (uint block in (uint[])[0, 1, 5, 15, 16, 17, 31, 39])
                    data.Add(method, block);
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(MethodsAndBlocks))]
    public void TryNext_DamagedPage_IsRaisedAtItsTurn(string method, uint bad)
    {
        BadBlockCheck check = new() { Bad = bad };
        foreach (ReadStreamFlags flags in (ReadStreamFlags[])[ReadStreamFlags.None, ReadStreamFlags.Full])
        {
            using StreamScenario scenario = new(method, relationPages: Blocks, change: draft => draft.Check = check);
            using (ReadStream<BlockRange> stream = scenario.Open(
                BlockRange.All, new ReadStreamOptions { Flags = flags }))
            {
                for (uint block = 0; block < bad; block++)
                    StreamScenario.Expect(stream, block);
                PageException error = Assert.Throws<PageException>(() => stream.TryNext(out _));
                Assert.Equal(bad, error.FirstBadBlock);
                Assert.Throws<PageException>(() => stream.TryNext(out _)); // it stays failed
                Assert.Equal(0, scenario.Buffers.Ledger.Count);

                check.Bad = uint.MaxValue;
                stream.Reset(new BlockRange(bad));
                StreamScenario.ExpectAll(stream, Enumerable.Range((int)bad, Blocks - (int)bad).Select(i => (uint)i));
                check.Bad = bad;
            }

            scenario.ExpectNoPins();
        }
    }

    [Theory, MemberData(nameof(MethodsAndBlocks))]
    public void TryNext_UnreadableSector_IsRaisedAtItsTurn(string method, uint bad)
    {
        ScriptedHoldPoints points = new();
        points[HoldPoint.RawResult] = (in IoHandleView handle, ref int result) =>
        {
            long offset = bad * 8192L;
            if (handle.Offset <= offset && offset < handle.Offset + handle.Length)
                result = -(int)Errno.InputOutput;
        };
        using StreamScenario scenario = new(method, relationPages: Blocks, change: draft => draft.HoldPoints = points);
        using (ReadStream stream = scenario.Open(
            BlockRange.All, new ReadStreamOptions { Flags = ReadStreamFlags.Full | ReadStreamFlags.UseBatching }))
        {
            for (uint block = 0; block < bad; block++)
                StreamScenario.Expect(stream, block);
            StorageException error = Assert.Throws<StorageException>(() => stream.TryNext(out _));
            Assert.Equal((bad, (int)Errno.InputOutput), (error.FirstBlock, error.Errno));
        }

        Assert.False(scenario.Session.Io.InBatch);
        scenario.ExpectNoPins();
    }

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public void TryNext_BlocksBehindTheEnd_FailAfterTheLastPage(string method)
    {
        using StreamScenario scenario = new(method, relationPages: 10);
        using ReadStream stream = scenario.Open(
            new BlockRange(0, 30), new ReadStreamOptions { Flags = ReadStreamFlags.Full });
        for (uint block = 0; block < 10; block++)
            StreamScenario.Expect(stream, block);
        StorageException error = Assert.Throws<StorageException>(() => stream.TryNext(out _));
        Assert.Equal((10u, 0), (error.FirstBlock, error.Errno));
        scenario.ExpectNoPins();
    }

    [Theory, MemberData(nameof(MethodsAndBlocks))]
    public void TryNext_SourceThrows_IsRaisedAfterTheBlocksBefore(string method, uint at)
    {
        using StreamScenario scenario = new(method, relationPages: Blocks);
        for (int pass = 0; pass < 2; pass++) // the second finds every page in the pool
        {
            using ReadStream stream = scenario.Open(
                new ThrowingSource { At = at }, new ReadStreamOptions { Flags = ReadStreamFlags.UseBatching });
            for (uint block = 0; block < at; block++)
                StreamScenario.Expect(stream, block);
            Assert.Equal("here", Assert.Throws<FormatException>(() => stream.TryNext(out _)).Message);
            Assert.Equal("here", Assert.Throws<FormatException>(() => stream.TryNext(out _)).Message);
            Assert.False(scenario.Session.Io.InBatch);
        }

        scenario.ExpectNoPins();
    }

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public void TryNext_AllFramesPinnedByTheConsumer_NamesTheSetting(string method)
    {
        using StreamScenario scenario = new(method, relationPages: Blocks, poolPages: 16);
        using ReadStream stream = scenario.Open(BlockRange.All);
        List<PinnedPage> kept = [];
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() =>
        {
            while (stream.TryNext(out PinnedPage page))
                kept.Add(page);
        });
        Assert.Contains("buffer_pool_bytes", error.Message);
        Assert.Equal(16, kept.Count);
        kept.ForEach(page => page.Dispose());
        StreamScenario.ExpectAll(stream, Enumerable.Range(16, Blocks - 16).Select(i => (uint)i)); // it is no failure
        scenario.ExpectNoPins();
    }

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public void EndWork_UnderAStream_EndsItWithAReason(string method)
    {
        using StreamScenario scenario = new(method, relationPages: Blocks);
        using ReadStream<BlockRange> stream = scenario.Open(
            BlockRange.All, new ReadStreamOptions { Flags = ReadStreamFlags.Full });
        Assert.True(stream.TryNext(out PinnedPage kept));
        scenario.Session.EndWork();

        Assert.False(kept.IsValid);
        Assert.Throws<InvalidOperationException>(() => stream.TryNext(out _));
        stream.Reset(BlockRange.All);
        StreamScenario.ExpectAll(stream, Enumerable.Range(0, Blocks).Select(i => (uint)i));
        scenario.ExpectNoPins();
    }

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public async Task EndWork_UnderAStreamWhosePagesAreAllPresent_EndsItWithAReason(string method)
    {
        using StreamScenario scenario = new(method, relationPages: Blocks);
        uint[] blocks = [.. Enumerable.Range(0, Blocks).Select(i => (uint)i)];
        foreach (bool awaits in (bool[])[false, true])
        {
            using ReadStream<BlockRange> stream = scenario.Open(BlockRange.All);
            StreamScenario.ExpectAll(stream, blocks);
            stream.Reset(BlockRange.All);
            for (uint block = 0; block < 9; block++)
                StreamScenario.Expect(stream, block);

            scenario.Session.EndWork();

            if (awaits)
                await Assert.ThrowsAsync<InvalidOperationException>(
                    async () => await stream.NextAsync(TestContext.Current.CancellationToken));
            else
                Assert.Throws<InvalidOperationException>(() => stream.TryNext(out _));
            stream.Reset(BlockRange.All);
            StreamScenario.ExpectAll(stream, blocks);
        }

        scenario.ExpectNoPins();
    }

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public void TryNext_SourceThatCallsItsStream_IsRefusedAndHandsNoPageOutTwice(string method)
    {
        using StreamScenario scenario = new(method, relationPages: Blocks);
        ReadStream?[] box = new ReadStream?[1];
        for (int pass = 0; pass < 2; pass++) // the second finds every page in the pool
        {
            using ReadStream stream = scenario.Open(new CallingSource(box));
            box[0] = stream;
            for (uint block = 0; block < CallingSource.At; block++)
                StreamScenario.Expect(stream, block);
            Assert.Contains("must not use", Assert.Throws<InvalidOperationException>(
                () => stream.TryNext(out _)).Message);
        }

        scenario.ExpectNoPins();
    }

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public void Dispose_AfterSessionAndInstance_TouchesNothing(string method)
    {
        StreamScenario scenario = new(method, relationPages: Blocks);
        ReadStream stream = scenario.Open(BlockRange.All, new ReadStreamOptions { Flags = ReadStreamFlags.Full });
        Assert.True(stream.TryNext(out PinnedPage page));
        scenario.Dispose();

        page.Dispose();
        Assert.Throws<ObjectDisposedException>(() => page.Span.Length);
        stream.Dispose();
        stream.Dispose();
        Assert.Throws<ObjectDisposedException>(() => stream.TryNext(out _));
    }

    private sealed class BadBlockCheck : PageCheck
    {
        private uint _bad;

        public override string Name => "bad-block";

        public uint Bad
        {
            get => Volatile.Read(ref _bad);
            set => Volatile.Write(ref _bad, value);
        }

        public override PageVerdict Check(ReadOnlySpan<byte> page, uint block) =>
            block == Bad ? PageVerdict.Damaged : PageVerdict.Good;
    }

    private struct ThrowingSource : IBlockSource
    {
        private uint _next;

        public uint At { get; init; }

        public bool TryNext(out uint block)
        {
            block = _next++;
            return block != At ? true : throw new FormatException("here");
        }
    }

    private struct CallingSource(ReadStream?[] stream) : IBlockSource
    {
        public const int At = 9;

        private uint _next;

        public bool TryNext(out uint block)
        {
            block = _next++;
            if (block == At)
                stream[0]!.TryNext(out _);
            return true;
        }
    }
}
