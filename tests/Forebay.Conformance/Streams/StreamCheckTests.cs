using Forebay.Conformance.Buffers;
using Forebay.Streams;

namespace Forebay.Conformance.Streams;

/// <summary>Page checks by id, as a user names them.</summary>
public sealed class StreamCheckTests
{
    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public void OpenReadStream_CheckThatNobodyRegistered_IsRefused(string method)
    {
        using StreamScenario none = new(method, relationPages: 3);
        using StreamScenario one = new(method, relationPages: 3, change: draft => draft.Check = new StampCheck());

        foreach (byte id in (byte[])[1, 2, 15, 16, 255])
            ExpectRefusal(none, id);
        foreach (byte id in (byte[])[2, 15, 16, 255])
            ExpectRefusal(one, id);
        foreach (byte? id in (byte?[])[null, 0, 1])
        {
            using ReadStream stream = one.Open(BlockRange.All, new ReadStreamOptions { PageCheck = id });
            Assert.True(stream.TryNext(out PinnedPage page));
            page.Dispose();
        }

        none.ExpectNoPins();
    }

    [Fact]
    public void Checks_InstanceOpen_AreFrozen()
    {
        using PoolScenario scenario = new("sync", direct: false, relationPages: 1);
        InvalidOperationException refusal = Assert.Throws<InvalidOperationException>(
            () => scenario.Instance.Checks.Register(2, new StampCheck()));
        Assert.Contains("too late", refusal.Message, StringComparison.Ordinal);
    }

    private static void ExpectRefusal(StreamScenario scenario, byte id)
    {
        ArgumentException refusal = Assert.Throws<ArgumentException>(
            () => scenario.Open(BlockRange.All, new ReadStreamOptions { PageCheck = id }));
        Assert.Contains($"id {id};", refusal.Message, StringComparison.Ordinal);
    }
}
