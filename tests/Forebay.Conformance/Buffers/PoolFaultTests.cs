using Forebay.Buffers;
using Forebay.Handles;
using Forebay.Storage;
using Shared;

namespace Forebay.Conformance.Buffers;

/// <summary>The pool when reads and writes come out short or fail.</summary>
public sealed class PoolFaultTests
{
    private const int InputOutput = 5;
    private const int PageBytes = 8192;

    private readonly ScriptedHoldPoints _holdPoints = new();

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public void Wait_OnePageCannotBeRead_OnlyItFails(string method, bool direct)
    {
        using PoolScenario scenario = Open(method, direct);
        using ForebaySession session = scenario.Instance.OpenSession();
        for (uint bad = 0; bad < 16; bad++)
        {
            FailOn(bad, IoOperation.ReadVector);
            BufferPin[] pins = new BufferPin[16];
            long before = session.Shared.Counters.Reads;

            StorageException failure = Assert.Throws<StorageException>(() => ReadAll(session, scenario.Fork, pins));

            Assert.Equal((bad, InputOutput), (failure.FirstBlock, failure.Errno));
            Assert.InRange(session.Shared.Counters.Reads - before, 5, 10);
            for (uint block = 0; block < 16; block++)
                Assert.Equal(block != bad, IsValid(scenario, pins[block]));
            Array.ForEach(pins, session.Shared.Unpin);
            session.Shared.Forget(scenario.Fork, 0);
        }
    }

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public void Wait_ReadComesOutShort_IsContinued(string method, bool direct)
    {
        using PoolScenario scenario = Open(method, direct);
        using ForebaySession session = scenario.Instance.OpenSession();
        for (int bytes = PageBytes; bytes <= 16 * PageBytes; bytes += PageBytes / 2)
        {
            ShortenNext(IoOperation.ReadVector, bytes);
            BufferPin[] pins = new BufferPin[16];
            ReadAll(session, scenario.Fork, pins);
            for (uint block = 0; block < 16; block++)
            {
                PoolScenario.Expect(session.Shared.Page(pins[block]), block);
                session.Shared.Unpin(pins[block]);
            }

            session.Shared.Forget(scenario.Fork, 0);
        }
    }

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public void Read_FailedBefore_CanBeReadAgain(string method, bool direct)
    {
        using PoolScenario scenario = Open(method, direct);
        using ForebaySession session = scenario.Instance.OpenSession();
        foreach (int bytes in (ReadOnlySpan<int>)[0, 17, PageBytes - 1])
        {
            ShortenNext(IoOperation.ReadVector, bytes);
            Assert.Throws<StorageException>(() => session.Read(scenario.Fork, 3));
            using Forebay.Streams.PinnedPage page = session.Read(scenario.Fork, 3);
            PoolScenario.Expect(page.Span, 3);
            page.Dispose();
            session.Shared.Forget(scenario.Fork, 0);
        }

        Assert.Equal(0, session.Shared.Ledger.Count);
    }

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public void Flush_WriteComesOutShort_IsContinued(string method, bool direct)
    {
        using PoolScenario scenario = Open(method, direct);
        using ForebaySession session = scenario.Instance.OpenSession();
        PoolWork.Change(session, scenario.Fork, 0, 16, version: 2);
        ShortenNext(IoOperation.WriteVector, (3 * PageBytes) + 17);

        Assert.Equal(16, session.Flush(scenario.Fork));

        Assert.Equal(2, session.Counters.Writes);
        Assert.Equal(0, session.Flush(scenario.Fork));
    }

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public void Flush_OnePageCannotBeWritten_OnlyItStaysDirty(string method, bool direct)
    {
        using PoolScenario scenario = Open(method, direct);
        using ForebaySession session = scenario.Instance.OpenSession();
        PoolWork.Change(session, scenario.Fork, 0, 16, version: 2);
        FailOn(5, IoOperation.WriteVector);

        StorageException failure = Assert.Throws<StorageException>(() => session.Flush(scenario.Fork));
        Assert.Equal(5u, failure.FirstBlock);
        _holdPoints[HoldPoint.RawResult] = null;

        Assert.Equal(1, session.Flush(scenario.Fork));
        Assert.Equal(0, session.Shared.Ledger.Count);
    }

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public void Read_VictimCannotBeWritten_ThrowsAndKeepsTheChange(string method, bool direct)
    {
        using PoolScenario scenario = new(method, direct, relationPages: 32, poolPages: 16,
            draft => draft.HoldPoints = _holdPoints);
        using ForebaySession session = scenario.Instance.OpenSession();
        PoolWork.Change(session, scenario.Fork, 0, 16, version: 2);
        _holdPoints[HoldPoint.RawResult] = static (in IoHandleView handle, ref int raw) =>
            raw = handle.Operation == IoOperation.WriteVector ? -InputOutput : raw;

        Assert.Throws<StorageException>(() => session.Read(scenario.Fork, 20));
        _holdPoints[HoldPoint.RawResult] = null;

        Assert.Equal(16, session.Flush(scenario.Fork));
    }

    private PoolScenario Open(string method, bool direct) =>
        new(method, direct, relationPages: 32, change: draft => draft.HoldPoints = _holdPoints);

    private static void ReadAll(ForebaySession session, RelationFork fork, BufferPin[] pins)
    {
        ReadRun run = new(session.Shared);
        int count = pins.Length;
        run.Start(new ReadRunRequest(fork, null, 0), 0, pins, 0, ref count, ReadRunFlags.None, mayWait: true);
        Assert.Equal(pins.Length, count);
        run.Wait();
    }

    private static bool IsValid(PoolScenario scenario, BufferPin pin) =>
        scenario.Instance.Pool.Descriptor(pin.Frame).Word.Has(BufferWord.Valid);

    private void FailOn(uint block, IoOperation operation) =>
        _holdPoints[HoldPoint.RawResult] = (in IoHandleView handle, ref int raw) =>
        {
            uint first = RelationTargetData.Unpack(handle.Target).Block;
            if (handle.Operation == operation && block >= first && block < first + (uint)handle.Frames.Length)
                raw = -InputOutput;
        };

    private void ShortenNext(IoOperation operation, int bytes)
    {
        int left = 1;
        _holdPoints[HoldPoint.RawResult] = (in IoHandleView handle, ref int raw) =>
        {
            if (handle.Operation == operation && Interlocked.Exchange(ref left, 0) == 1)
                raw = Math.Min(raw, bytes);
        };
    }
}
