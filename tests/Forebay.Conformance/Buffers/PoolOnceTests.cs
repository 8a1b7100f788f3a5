using Forebay.Handles;
using Forebay.Storage;
using Forebay.Streams;
using Shared;

namespace Forebay.Conformance.Buffers;

/// <summary>However many ask for a cold page at once, it is read once.</summary>
public sealed class PoolOnceTests
{
    private const int Blocks = 128;
    private const int Sessions = 4;

    private readonly ScriptedHoldPoints _holdPoints = new();
    private long _blocksTransferred;

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public void Read_SameColdBlocksByAll_OneTransferEach(string method, bool direct) =>
        AllRead(method, direct, static (session, fork) =>
        {
            for (uint block = 0; block < Blocks; block++)
            {
                using PinnedPage page = session.Read(fork, block);
                PoolScenario.Expect(page.Span, block);
            }
        });

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public void Scan_SameColdBlocksByAll_OneTransferEach(string method, bool direct) =>
        AllRead(method, direct, static (session, fork) =>
        {
            using ReadStream<BlockRange> stream = session.OpenReadStream(
                fork, BlockRange.All, new ReadStreamOptions { Flags = ReadStreamFlags.Full });
            for (uint block = 0; block < Blocks; block++)
            {
                Assert.True(stream.TryNext(out PinnedPage page));
                using (page)
                    PoolScenario.Expect(page.Span, block);
            }
        });

    private void AllRead(string method, bool direct, Action<ForebaySession, RelationFork> read)
    {
        using PoolScenario scenario = new(
            method, direct, Blocks, poolPages: 1024, draft => draft.HoldPoints = _holdPoints);
        _holdPoints[HoldPoint.RawResult] = (in IoHandleView handle, ref int raw) =>
            Interlocked.Add(ref _blocksTransferred, Math.Max(0, raw) / 8192);
        ForebaySession[] sessions = [.. Enumerable.Range(0, Sessions).Select(_ => scenario.Instance.OpenSession())];
        for (int round = 1; round <= 6 * Stress.Factor; round++)
        {
            using Barrier together = new(Sessions);
            Background.Join(Task.WhenAll(sessions.Select(session => Background.Run(() =>
            {
                Assert.True(together.SignalAndWait(Background.Limit));
                read(session, scenario.Fork);
            }))));
            Assert.Equal(round * (long)Blocks, Interlocked.Read(ref _blocksTransferred));
            Assert.Equal(round * (long)Blocks, sessions.Sum(session => session.Counters.BlocksRead));
            Assert.Equal(round * (long)Blocks * (Sessions - 1), sessions.Sum(session => session.Counters.Hits));
            sessions[0].Shared.Forget(scenario.Fork, 0);
        }

        Array.ForEach(sessions, session => session.Dispose());
        PoolFacts.AssertIdle(scenario.Instance.Pool);
    }
}
