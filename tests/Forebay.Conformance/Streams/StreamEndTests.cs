using Forebay.Storage;
using Forebay.Streams;

namespace Forebay.Conformance.Streams;

/// <summary>Forks and sessions that are ended, awaitably, while a stream has operations in flight.</summary>
public sealed class StreamEndTests
{
    private const int Blocks = 200;

    private static readonly ReadStreamOptions s_wide = new()
    {
        Flags = ReadStreamFlags.Full | ReadStreamFlags.UseBatching,
        CombineLimit = 2,
    };

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public async Task DropAsync_OperationsInFlight_AwaitsThemAndRemovesTheFile(string method)
    {
        using StreamScenario scenario = new(method, relationPages: Blocks);
        BeginToRead(scenario);

        await scenario.Session.DropAsync(scenario.Pool.Fork, TestContext.Current.CancellationToken);

        Assert.False(File.Exists(scenario.Pool.FilePath));
        scenario.ExpectNoPins();
    }

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public async Task TruncateAsync_OperationsInFlight_CutsBehindThem(string method)
    {
        using StreamScenario scenario = new(method, relationPages: Blocks);
        BeginToRead(scenario);

        await scenario.Session.TruncateAsync(scenario.Pool.Fork, 7, TestContext.Current.CancellationToken);

        Assert.Equal(7u, scenario.Session.GetBlockCount(scenario.Pool.Fork));
        using ReadStream stream = scenario.Open(BlockRange.All);
        StreamScenario.ExpectAll(stream, Enumerable.Range(0, 7).Select(i => (uint)i));
        scenario.ExpectNoPins();
    }

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public async Task ForgetAsync_OperationsInFlight_LetsGoAndTheFileStays(string method)
    {
        using StreamScenario scenario = new(method, relationPages: Blocks);
        BeginToRead(scenario);

        await scenario.Session.ForgetAsync(scenario.Pool.Fork, TestContext.Current.CancellationToken);

        Assert.Equal(0, scenario.Instance.Storage.Files.InUse);
        RelationFork again = scenario.Instance.Relation(scenario.Pool.Fork.Locator).Main;
        Assert.NotSame(scenario.Pool.Fork, again);
        using PinnedPage page = scenario.Session.Read(again, 3);
        StreamScenario.ExpectPage(page, 3);
    }

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public async Task DropAsync_PagePinnedByASession_RefusesAndLeavesTheFile(string method)
    {
        using StreamScenario scenario = new(method, relationPages: Blocks);
        using ReadStream stream = scenario.Open(BlockRange.All);
        Assert.True(stream.TryNext(out PinnedPage page));

        await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await scenario.Session.DropAsync(scenario.Pool.Fork, TestContext.Current.CancellationToken));

        Assert.True(File.Exists(scenario.Pool.FilePath));
        StreamScenario.ExpectPage(page, 0);
        page.Dispose();
    }

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public async Task DisposeAsync_SessionWithOperationsInFlight_EndsThemAndKeepsNoPin(string method)
    {
        using StreamScenario scenario = new(method, relationPages: Blocks);
        for (int round = 0; round < 10; round++)
        {
            scenario.Forget();
            ForebaySession session = scenario.Instance.OpenSession();
            ReadStream stream = scenario.Open(session, BlockRange.All, s_wide);
            StreamScenario.Expect(stream, 0);

            await session.DisposeAsync();
            await session.DisposeAsync();

            stream.Dispose();
            Assert.Throws<ObjectDisposedException>(() => session.Read(scenario.Pool.Fork, 0));
            scenario.ExpectNoPins();
        }
    }

    private static void BeginToRead(StreamScenario scenario)
    {
        using ReadStream stream = scenario.Open(BlockRange.All, s_wide);
        StreamScenario.Expect(stream, 0);
    }
}
