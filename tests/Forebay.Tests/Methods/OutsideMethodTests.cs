using Forebay.Engine;
using Forebay.Handles;
using Forebay.Storage;
using Forebay.Streams;
using Forebay.Tests.Support;
using Shared;

namespace Forebay.Tests.Methods;

/// <summary>A method that a program brings, whose operations need the help of whoever waits.</summary>
public sealed class OutsideMethodTests : IDisposable
{
    private const int PageBytes = 8192;
    private const int Pages = 200;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("forebay-outside-");
    private readonly string _path;
    private OutsideMethod? _method;

    public OutsideMethodTests()
    {
        _path = Path.Combine(_folder.FullName, "pages");
        byte[] content = new byte[Pages * PageBytes];
        for (int block = 0; block < Pages; block++)
            EngineFixture.FillPage(content.AsSpan(block * PageBytes, PageBytes), 1, (uint)block);
        File.WriteAllBytes(_path, content);
    }

    [Fact]
    public void Stream_OverAMethodThatNeedsHelp_BringsEveryPage()
    {
        using ForebayInstance instance = Open();
        using ForebaySession session = instance.OpenSession();
        using ReadStream<BlockRange> stream = session.OpenReadStream(instance.File(_path), BlockRange.All);
        uint block = 0;
        while (stream.TryNext(out PinnedPage page))
        {
            using (page)
                EngineFixture.AssertPage(page.Span, 1, block++);
        }

        Assert.Equal(Pages, (int)block);
        Assert.Equal((IoMethod.Custom, IoMethod.Custom), (instance.Method.Requested, instance.Method.Effective));
        Assert.Equal([Environment.CurrentManagedThreadId], _method!.Helpers);
    }

    [Fact]
    public async Task Stream_Awaited_BringsEveryPage()
    {
        using ForebayInstance instance = Open();
        using ForebaySession session = instance.OpenSession();
        using ReadStream<BlockRange> stream = session.OpenReadStream(instance.File(_path), BlockRange.All);
        uint block = 0;
        while (await stream.NextAsync())
        {
            using PinnedPage page = stream.Current;
            EngineFixture.AssertPage(page.Span, 1, block++);
        }

        Assert.Equal(Pages, (int)block);
    }

    /// <summary>
    /// The issuer does nothing more: only if the waiter takes the operation for one that can be helped does it come.
    /// </summary>
    [Fact]
    public void Wait_IssuerDoesNothing_TheWaiterHelps()
    {
        using ForebayInstance instance = Open();
        using ForebaySession session = instance.OpenSession();
        RelationFork fork = instance.File(_path);
        IoReturn outcome = new();
        int handle = session.Io.Acquire(outcome);
        IoWaitReference reference = session.Io.Reference(handle);
        instance.Storage.StartRead(session.Io, handle, fork, 7, Forebay.Memory.FrameArenas.Pool, [3]);
        Assert.Equal(1, _method!.Waiting);

        int waiter = 0;
        Background.Join(Background.Run(() =>
        {
            waiter = Environment.CurrentManagedThreadId;
            instance.Engine.Wait(reference);
        }));

        Assert.Equal([waiter], _method.Helpers);
        session.Io.Wait(reference);
        EngineFixture.AssertPage(instance.Arenas.Frame(Forebay.Memory.FrameArenas.Pool, 3), 1, 7);
    }

    [Fact]
    public void Streams_OfSeveralThreads_HelpEachOther()
    {
        using ForebayInstance instance = Open();
        Task[] readers = [.. Enumerable.Range(0, 4).Select(_ => Background.Run(() =>
        {
            using ForebaySession session = instance.OpenSession();
            for (int round = 0; round < 5; round++)
            {
                using ReadStream<BlockRange> stream = session.OpenReadStream(instance.File(_path), BlockRange.All);
                uint block = 0;
                while (stream.TryNext(out PinnedPage page))
                {
                    using (page)
                        EngineFixture.AssertPage(page.Span, 1, block++);
                }

                Assert.Equal(Pages, (int)block);
            }
        }))];
        Background.Join(Task.WhenAll(readers));
    }

    [Theory]
    [InlineData(IoMethod.Custom, false)]
    [InlineData(IoMethod.Worker, true)]
    public void Open_MethodAndItsMakerDoNotGoTogether_IsRefused(IoMethod method, bool isMade)
    {
        ForebayOptions options = new()
        {
            IoMethod = method,
            CreateMethod = isMade ? host => new OutsideMethod(host) : null,
        };
        ArgumentException refused = Assert.ThrowsAny<ArgumentException>(
            () => ForebayInstance.Open(_folder.FullName, options));
        Assert.Contains("io_method", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    // A pool smaller than the file, so that every scan reads.
    private ForebayInstance Open() => ForebayInstance.Open(_folder.FullName, new ForebayOptions
    {
        IoMethod = IoMethod.Custom,
        CreateMethod = host => _method = new OutsideMethod(host),
        BufferPoolBytes = 64 * PageBytes,
        MaxSessions = 4,
    });
}
