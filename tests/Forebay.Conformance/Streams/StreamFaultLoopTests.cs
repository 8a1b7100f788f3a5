using Forebay.Handles;
using Forebay.Interop;
using Forebay.Storage;
using Forebay.Streams;
using Forebay.Testing;

namespace Forebay.Conformance.Streams;

/// <summary>The n-th operation fails, for n = 1, 2, 3 … until the whole scenario passes.</summary>
public sealed class StreamFaultLoopTests
{
    private const int Blocks = 60;

    public static TheoryData<string, int, int> MethodsAndShapes
    {
        get
        {
            TheoryData<string, int, int> data = [];
            foreach (string method in StreamScenario.Methods.Select(row => row.Data))
            {
                foreach (Errno errno in (Errno[])[Errno.InputOutput, Errno.NoData, Errno.BadMessage,
                    Errno.IllegalSequence, Errno.RemoteIo, Errno.NoMemory, Errno.Interrupted])
                {
                    data.Add(method, 1, (int)errno);
                    data.Add(method, 7, (int)errno);
                }
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(MethodsAndShapes))]
    public void TryNext_NthReadFails_NoPageIsLostAndNoPinStays(string method, int combine, int errno)
    {
        ReadStreamOptions options = new() { CombineLimit = combine, Flags = ReadStreamFlags.UseBatching };
        int failures = 0;
        for (int n = 1; ; n++)
        {
            Assert.True(n < 200, "the scenario never passes");
            FaultPlan plan = new FaultPlan().Fail(IoOperation.ReadVector, n, errno);
            using StreamScenario scenario = new(
                method, relationPages: Blocks, change: draft => draft.HoldPoints = plan);
            using (ReadStream<BlockRange> stream = scenario.Open(BlockRange.All, options))
                failures += TakeAll(stream, errno);
            scenario.ExpectNoPins();
            if (plan.Reads < n)
                break;
        }

        // An interruption is nobody's business. A run with EIO is asked for again in halves, and the halves succeed:
        // then
        // only operations of one block fail, of which there are a few at the beginning.
        if (errno == (int)Errno.Interrupted)
            Assert.Equal(0, failures);
        else if (ErrnoTable.IsUnreadable((Errno)errno) && combine > 1)
            Assert.InRange(failures, 1, 3);
        else
            Assert.True(failures >= Blocks / combine, $"{failures} failures");
    }

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public void TryNext_NthReadIsShort_IsContinuedUnseen(string method)
    {
        for (int n = 1; ; n++)
        {
            Assert.True(n < 200, "the scenario never passes");
            FaultPlan plan = new FaultPlan().Shorten(IoOperation.ReadVector, n, 8192 + 100);
            using StreamScenario scenario = new(
                method, relationPages: Blocks, change: draft => draft.HoldPoints = plan);
            using (ReadStream stream = scenario.Open(BlockRange.All))
                StreamScenario.ExpectAll(stream, Enumerable.Range(0, Blocks).Select(i => (uint)i));
            scenario.ExpectNoPins();
            if (plan.Reads < n)
                break;
        }
    }

    /// <summary>Every block in its order; after a failure the stream begins again at the block that failed.</summary>
    private static int TakeAll(ReadStream<BlockRange> stream, int errno)
    {
        int failures = 0;
        uint block = 0;
        while (true)
        {
            try
            {
                if (!stream.TryNext(out PinnedPage page))
                    break;
                using (page)
                    StreamScenario.ExpectPage(page, block++);
            }
            catch (StorageException failure)
            {
                Assert.Equal((errno, block), (failure.Errno, failure.FirstBlock));
                failures++;
                stream.Reset(new BlockRange(block));
            }
        }

        Assert.Equal((uint)Blocks, block);
        return failures;
    }
}
