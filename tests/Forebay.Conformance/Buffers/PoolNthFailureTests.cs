using Forebay.Buffers;
using Forebay.Handles;
using Forebay.Interop;
using Forebay.Storage;
using Forebay.Streams;
using Shared;

namespace Forebay.Conformance.Buffers;

/// <summary>
/// The n-th operation fails, for n = 1, 2, 3 … until the scenario passes. Whatever fails, nothing is left pinned or
/// locked, and no change is lost: what was changed in the pool is in the file after the next flush.
/// </summary>
public sealed class PoolNthFailureTests
{
    private const int Pages = 64;
    private const int Pool = 16;

    private readonly ScriptedHoldPoints _holdPoints = new();
    private readonly Dictionary<uint, uint> _expected = [];

    public static TheoryData<string, bool, int> MethodsAndResults
    {
        get
        {
            TheoryData<string, bool, int> data = [];
            foreach (TheoryDataRow<string, bool> row in PoolScenario.Methods)
            {
                foreach (int result in (int[])
                    [-(int)Errno.InputOutput, -(int)Errno.NoSpace, -(int)Errno.Interrupted, -(int)Errno.TryAgain,
                     0, 17, 8192 + 17])
                    data.Add(row.Data.Item1, row.Data.Item2, result);
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(MethodsAndResults))]
    public void Scenario_NthOperationFails_LosesNothing(string method, bool direct, int result)
    {
        using PoolScenario scenario = new(method, direct, Pages, Pool, draft => draft.HoldPoints = _holdPoints);
        using ForebaySession session = scenario.Instance.OpenSession();
        bool isHarmless = result is -(int)Errno.Interrupted or -(int)Errno.TryAgain or 8192 + 17;
        int failures = 0;
        for (int n = 1; ; n++)
        {
            Assert.InRange(n, 1, 500);
            scenario.WritePages(Pages);
            _expected.Clear();
            int left = n;
            _holdPoints[HoldPoint.RawResult] = (in IoHandleView handle, ref int raw) =>
            {
                if (Interlocked.Decrement(ref left) == 0)
                    raw = result < 0 ? result : Math.Min(raw, result);
            };
            try
            {
                Scenario(session, scenario.Fork);
            }
            catch (StorageException exception)
            {
                Assert.False(isHarmless, $"operation {n}: {exception.Message}");
                Assert.Equal(Math.Max(0, -result), exception.Errno);
                failures++;
            }

            _holdPoints[HoldPoint.RawResult] = null;
            Check(scenario, session, n);
            if (Volatile.Read(ref left) > 0)
                break;
        }

        Assert.Equal(isHarmless, failures == 0);
    }

    private void Scenario(ForebaySession session, RelationFork fork)
    {
        for (uint block = 0; block < Pool; block++)
            Change(session, fork, block);
        using (ReadStream<BlockRange> stream = session.OpenReadStream(
            fork, new BlockRange(Pool, Pages), new ReadStreamOptions { Flags = ReadStreamFlags.Full }))
        {
            while (stream.TryNext(out PinnedPage page))
            {
                using (page)
                    PoolScenario.Expect(page.Span, page.Block);
            }
        }

        for (uint block = 30; block < 40; block++)
            Change(session, fork, block);
        session.Flush(fork);
        for (uint block = 0; block < Pages; block += 7)
        {
            using PinnedPage page = session.Read(fork, block);
            Assert.Equal(_expected.GetValueOrDefault(block, 1u), PoolScenario.Expect(page.Span, block));
        }
    }

    private void Change(ForebaySession session, RelationFork fork, uint block)
    {
        using PinnedPage page = session.Read(fork, block);
        using LockedPage locked = page.Lock(ContentLockMode.Exclusive);
        uint version = PoolScenario.Expect(locked.Span, block) + 1;
        PoolScenario.Stamp(locked.Contents, block, version);
        locked.MarkDirty();
        _expected[block] = version;
    }

    private void Check(PoolScenario scenario, ForebaySession session, int n)
    {
        PoolFacts.AssertIdle(scenario.Instance.Pool, session.Shared);
        Assert.Equal(0, session.Io.InFlight);
        session.Flush(scenario.Fork);
        session.Shared.Forget(scenario.Fork, 0);
        for (uint block = 0; block < Pages; block++)
        {
            using PinnedPage page = session.Read(scenario.Fork, block);
            uint version = PoolScenario.Expect(page.Span, block);
            Assert.True(
                version == _expected.GetValueOrDefault(block, 1u), $"operation {n}: block {block} is {version}");
        }

        session.Shared.Forget(scenario.Fork, 0);
    }
}
