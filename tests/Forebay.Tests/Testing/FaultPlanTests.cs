using Forebay.Handles;
using Forebay.Storage;
using Forebay.Streams;
using Forebay.Testing;

namespace Forebay.Tests.Testing;

/// <summary>A plan of faults does to a real instance what it says, and nothing else.</summary>
public sealed class FaultPlanTests : IDisposable
{
    private const int PageBytes = 8192;
    private const int InputOutputError = 5;
    private const int Interrupted = 4;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("forebay-faults-");

    [Fact]
    public void Fail_SecondRead_OnlyThatReadFails()
    {
        FaultPlan plan = new FaultPlan().Fail(IoOperation.ReadVector, 2, InputOutputError);
        using ForebayInstance instance = Open(plan, pages: 3, out RelationFork fork);
        using ForebaySession session = instance.OpenSession();

        session.Read(fork, 0).Dispose();
        StorageException failure = Assert.Throws<StorageException>(() => session.Read(fork, 1).Dispose());
        session.Read(fork, 1).Dispose();

        Assert.Contains("block 1", failure.Message, StringComparison.Ordinal);
        Assert.Equal(3, plan.Reads);
    }

    [Fact]
    public void Fail_Interrupted_IsRepeatedWithoutAnybodyNoticing()
    {
        FaultPlan plan = new FaultPlan().Fail(IoOperation.ReadVector, 1, Interrupted);
        using ForebayInstance instance = Open(plan, pages: 1, out RelationFork fork);
        using ForebaySession session = instance.OpenSession();

        using PinnedPage page = session.Read(fork, 0);

        Assert.Equal(0, page.Span[0]);
        Assert.Equal(2, plan.Reads);
    }

    [Fact]
    public void Shorten_RunOfPages_TheRestIsReadByAnotherOperation()
    {
        FaultPlan plan = new FaultPlan().Shorten(IoOperation.ReadVector, 1, PageBytes / 2 * 3);
        using ForebayInstance instance = Open(plan, pages: 4, out RelationFork fork);
        using ForebaySession session = instance.OpenSession();
        using ReadStream<BlockRange> stream = session.OpenReadStream(
            fork, BlockRange.All, new ReadStreamOptions { Flags = ReadStreamFlags.Full });

        byte expected = 0;
        while (stream.TryNext(out PinnedPage page))
        {
            using (page)
                Assert.Equal(expected++, page.Span[0]);
        }

        Assert.Equal(4, expected);
        Assert.Equal(2, plan.Reads);
    }

    [Fact]
    public void Fail_NotAnOperationWithAResult_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new FaultPlan().Fail(IoOperation.Sync, 1, InputOutputError));

    public void Dispose() => _directory.Delete(recursive: true);

    private ForebayInstance Open(FaultPlan plan, int pages, out RelationFork fork)
    {
        string path = Path.Combine(_directory.FullName, "relation");
        byte[] content = new byte[pages * PageBytes];
        for (int page = 0; page < pages; page++)
            content[page * PageBytes] = (byte)page;
        File.WriteAllBytes(path, content);
        ForebayInstance instance = ForebayInstance.Open(_directory.FullName, new ForebayOptions
        {
            IoMethod = IoMethod.Sync,
            HoldPoints = plan,
        });
        fork = instance.File(path);
        return instance;
    }
}
