using Forebay.Buffers;
using Forebay.Storage;
using Forebay.Streams;

namespace Forebay.Conformance.Buffers;

/// <summary>
/// Forks that were forgotten, and their objects used all the same. Once such an object went on working beside the new
/// one: each had files open that the other knew nothing of, and what was dropped through one came back through the
/// other.
/// </summary>
public sealed class PoolForgottenTests
{
    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public async Task Forget_ObjectUsedAfterwards_EachCallSaysSoAndNamesIt(string method, bool direct)
    {
        using PoolScenario scenario = new(method, direct, relationPages: 5);
        using ForebaySession session = scenario.Instance.OpenSession();
        using ForebaySession other = scenario.Instance.OpenSession();
        RelationFork old = scenario.Fork;
        session.Forget(old);

        foreach (ForebaySession each in (ForebaySession[])[session, other])
        {
            foreach (Action use in Uses(each, old))
            {
                ObjectDisposedException refusal = Assert.Throws<ObjectDisposedException>(use);
                Assert.Contains(old.Path, refusal.Message, StringComparison.Ordinal);
            }

            foreach (Func<Task> use in AwaitableUses(each, old))
                await Assert.ThrowsAsync<ObjectDisposedException>(use);
        }

        RelationFork again = scenario.Again();
        Assert.NotSame(old, again);
        Assert.Equal(5u, session.GetBlockCount(again));
        session.Drop(again);
        Assert.False(File.Exists(scenario.FilePath));
        PoolFacts.AssertIdle(scenario.Instance.Pool, session.Shared, other.Shared);
    }

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public void Forget_UnderAnOpenStream_TheStreamSaysSoAndKeepsNothing(string method, bool direct)
    {
        using PoolScenario scenario = new(method, direct, relationPages: 60);
        using ForebaySession session = scenario.Instance.OpenSession();
        using (ReadStream<BlockRange> stream = session.OpenReadStream(scenario.Fork, BlockRange.All))
        {
            scenario.Instance.Storage.DropFromPageCache(scenario.Fork);
            session.Forget(scenario.Fork);
            Assert.Throws<ObjectDisposedException>(() => stream.TryNext(out _));
        }

        PoolFacts.AssertIdle(scenario.Instance.Pool, session.Shared);
    }

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public void Forget_PagePinned_RefusesAndTheObjectIsAsGoodAsBefore(string method, bool direct)
    {
        using PoolScenario scenario = new(method, direct, relationPages: 5);
        using ForebaySession session = scenario.Instance.OpenSession();
        using (session.Read(scenario.Fork, 2))
            Assert.Throws<InvalidOperationException>(() => session.Forget(scenario.Fork));

        using (PinnedPage page = session.Read(scenario.Fork, 3))
            PoolScenario.Expect(page.Span, 3);
        Assert.Same(scenario.Fork, scenario.Again());
        session.Forget(scenario.Fork);
        Assert.NotSame(scenario.Fork, scenario.Again());
    }

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public void Forget_ReadOfAnotherSessionInFlight_EndsWell(string method, bool direct)
    {
        using PoolScenario scenario = new(method, direct, relationPages: 40);
        using ForebaySession session = scenario.Instance.OpenSession();
        using ForebaySession reader = scenario.Instance.OpenSession();
        ReadRun run = new(reader.Shared);
        BufferPin[] pins = new BufferPin[16];
        int blocks = 16;
        ReadRunRequest request = new(scenario.Fork, null, 0);
        run.Start(request, 0, pins, 0, ref blocks, 0, mayWait: false);
        run.Abandon(); // its operation goes on, without anybody's pins
        foreach (BufferPin pin in pins)
            reader.Shared.TryUnpin(pin);

        session.Forget(scenario.Fork);

        Assert.Equal(0, scenario.Instance.Storage.Files.InUse);
        using (PinnedPage page = reader.Read(scenario.Again(), 0))
            PoolScenario.Expect(page.Span, 0);
        blocks = 16;
        pins = new BufferPin[16];
        Assert.Throws<ObjectDisposedException>(() =>
        {
            run.Start(request, 20, pins, 0, ref blocks, 0, mayWait: false);
            run.Wait();
        });
        run.Abandon();
        foreach (BufferPin pin in pins)
            reader.Shared.TryUnpin(pin);
        PoolFacts.AssertIdle(scenario.Instance.Pool, session.Shared, reader.Shared);
    }

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public void Forget_PlainFile_LaterRequestFindsWhatWasFlushed(string method, bool direct)
    {
        using PoolScenario scenario = new(method, direct, relationPages: 3);
        using ForebaySession session = scenario.Instance.OpenSession();
        RelationFork old = scenario.Instance.File(scenario.FilePath);
        using (PinnedPage page = session.Extend(old, out LockedPage locked))
        using (locked)
            PoolScenario.Stamp(locked.Contents, 3, 77);
        session.Flush(old);
        session.Forget(old);

        Assert.Throws<ObjectDisposedException>(() => session.Extend(old, out _));
        RelationFork again = scenario.Instance.File(scenario.FilePath);
        Assert.NotSame(old, again);
        using (PinnedPage page = session.Read(again, 3))
            Assert.Equal(77u, PoolScenario.Expect(page.Span, 3));
        session.FlushAll();
        PoolFacts.AssertIdle(scenario.Instance.Pool, session.Shared);
    }

    private static IEnumerable<Action> Uses(ForebaySession session, RelationFork fork) =>
    [
        () => session.Exists(fork),
        () => session.Create(fork, existsIsFine: true),
        () => session.GetBlockCount(fork),
        () => session.Read(fork, 0),
        () => session.Extend(fork, out _),
        () => session.OpenReadStream(fork, BlockRange.All),
        () => session.OpenReadStream(fork, new BlockRange(0, 1)),
        () => session.Flush(fork),
        () => session.Sync(fork),
        () => session.Truncate(fork, 0),
        () => session.Drop(fork),
        () => session.DropFromPageCache(fork),
        () => session.Forget(fork),
        () => session.Instance.Storage.Read(fork, 0, new byte[8192]),
        () => session.Instance.Storage.Write(fork, 0, new byte[8192]),
        () => session.Instance.Storage.ZeroExtend(fork, 9, 1),
        () => session.Instance.Storage.Unlink(fork),
        () => session.Instance.Storage.GetSegmentBlockCount(fork, 0, out _),
    ];

    private static IEnumerable<Func<Task>> AwaitableUses(ForebaySession session, RelationFork fork) =>
    [
        async () => await session.ReadAsync(fork, 0),
        async () => await session.ExtendAsync(fork),
        async () => await session.FlushAsync(fork),
        async () => await session.TruncateAsync(fork, 0),
        async () => await session.DropAsync(fork),
        async () => await session.ForgetAsync(fork),
    ];
}
