using Forebay.Buffers;
using Forebay.Hosting;
using Forebay.Streams;
using Forebay.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Forebay.Tests.Hosting;

/// <summary>An instance in a real host, over real files: its settings, its life, its log.</summary>
public sealed class ForebayHostTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stop_ServiceChangedAPageWhileItStopped_IsWrittenBeforeTheInstanceGoes()
    {
        using HostedInstance hosted = new(build: services => services.AddHostedService<LateWriter>());
        await hosted.Host.StartAsync(Token);
        ForebayInstance instance = hosted.Instance;
        Assert.Equal((IoMethod.Worker, 128), (instance.Method.Effective, instance.PoolPages));

        await hosted.Host.StopAsync(Token);

        Assert.Equal(77, File.ReadAllBytes(hosted.RelationFile)[2 * HostedInstance.BlockBytes]);
        Assert.Equal([(1, "Opened"), (2, "Flushed")], hosted.Log.Lines.Where(line => line.Id.Id is 1 or 2)
            .Select(line => (line.Id.Id, line.Id.Name)));
        Assert.Contains("Wrote 1 dirty pages", hosted.Log.Lines.Single(line => line.Id.Id == 2).Text,
            StringComparison.Ordinal);
        hosted.Host.Dispose();
        Assert.Throws<ObjectDisposedException>(instance.OpenSession);
    }

    [Fact]
    public async Task Stop_FlushSwitchedOff_WritesNothing()
    {
        using HostedInstance hosted = new(
            new() { ["FlushAtShutdown"] = "false" }, services => services.AddHostedService<LateWriter>());
        await hosted.Host.StartAsync(Token);
        await hosted.Host.StopAsync(Token);
        Assert.Equal(0, File.ReadAllBytes(hosted.RelationFile)[2 * HostedInstance.BlockBytes]);
        Assert.DoesNotContain(hosted.Log.Lines, line => line.Id.Id == 2);
    }

    [Theory]
    [InlineData("IoCombineLimit", "500", "Setting io_combine_limit is 500; it must be 1 to 128 pages.")]
    [InlineData("BlockBytes", "1000", "Setting block_bytes is 1000")]
    [InlineData("DataDirectory", "", "Setting DataDirectory is missing")]
    [InlineData("DataDirectory", "/no/such/folder", "Setting DataDirectory is '/no/such/folder': there is no such")]
    [InlineData("ShareName", "a/b", "A shared instance's name is")]
    public async Task Start_SettingThatCannotBe_EndsWithItsName(string key, string value, string expected)
    {
        using HostedInstance hosted = new(new() { [key] = value });
        OptionsValidationException refusal =
            await Assert.ThrowsAsync<OptionsValidationException>(() => hosted.Host.StartAsync(Token));
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("IoCombinLimit", "16")]
    [InlineData("IoMethod", "Magic")]
    [InlineData("BufferPoolBytes", "much")]
    public async Task Start_KeyOrValueThatIsNone_NamesIt(string key, string value)
    {
        using HostedInstance hosted = new(new() { [key] = value });
        InvalidOperationException refusal =
            await Assert.ThrowsAsync<InvalidOperationException>(() => hosted.Host.StartAsync(Token));
        Assert.Contains(key, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scope_Each_HasASessionThatEndsWithIt()
    {
        using HostedInstance hosted = new(new() { ["MaxSessions"] = "2" });
        await hosted.Host.StartAsync(Token);
        for (int round = 0; round < 3; round++)
        {
            await using AsyncServiceScope one = hosted.Host.Services.CreateAsyncScope();
            await using AsyncServiceScope two = hosted.Host.Services.CreateAsyncScope();
            ForebaySession session = one.ServiceProvider.GetRequiredService<ForebaySession>();
            Assert.Same(session, one.ServiceProvider.GetRequiredService<ForebaySession>());
            Assert.NotSame(session, two.ServiceProvider.GetRequiredService<ForebaySession>());
            session.Read(hosted.Fork, 1).Dispose();
        }
    }

    [Fact]
    public async Task Notice_PageLeaked_IsLoggedUnderItsId()
    {
        using HostedInstance hosted = new();
        await hosted.Host.StartAsync(Token);
        using (ForebaySession session = hosted.Instance.OpenSession())
            session.Read(hosted.Fork, 1);
        (EventId id, LogLevel level, string text) =
            Assert.Single(hosted.Log.Lines, line => line.Id.Name == "PinLeak");
        Assert.Equal((106, LogLevel.Warning), (id.Id, level));
        Assert.Contains("had not disposed 1 pages", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shared-instance-rebuilt", 101, "SharedInstanceRebuilt", LogLevel.Warning)]
    [InlineData("io-stuck", 102, "IoStuck", LogLevel.Warning)]
    [InlineData("handle-leak", 103, "HandleLeak", LogLevel.Warning)]
    [InlineData("batch-leak", 104, "BatchLeak", LogLevel.Warning)]
    [InlineData("lock-leak", 105, "LockLeak", LogLevel.Warning)]
    [InlineData("pin-leak", 106, "PinLeak", LogLevel.Warning)]
    [InlineData("session-leak", 107, "SessionLeak", LogLevel.Warning)]
    [InlineData("process-died", 108, "ProcessDied", LogLevel.Warning)]
    [InlineData("process-stopped", 114, "ProcessStopped", LogLevel.Warning)]
    [InlineData("process-died-io", 109, "ProcessDiedWithIo", LogLevel.Warning)]
    [InlineData("instance-stopped", 110, "InstanceStopped", LogLevel.Critical)]
    [InlineData("page-warning", 111, "PageWarning", LogLevel.Warning)]
    [InlineData("write-back-failure", 112, "WriteBackFailure", LogLevel.Error)]
    [InlineData("io-workers", 113, "WorkerSettings", LogLevel.Information)]
    [InlineData("of-tomorrow", 199, "Notice", LogLevel.Warning)]
    public void Write_EachKind_HasItsIdAndName(string kind, int id, string name, LogLevel level)
    {
        using LogCapture log = new();
        NoticeLog.Write(log, new Notice(kind, "What there is to say."));
        (EventId found, LogLevel foundLevel, string text) = Assert.Single(log.Lines);
        Assert.Equal((id, name, level), (found.Id, found.Name!, foundLevel));
        Assert.Contains("What there is to say.", text, StringComparison.Ordinal);
        Assert.Contains($"| {id} | `{name}` |", File.ReadAllText(Documentation), StringComparison.Ordinal);
    }

    [Fact]
    public void ToOptions_NothingSaid_HasTheDefaults()
    {
        ForebayOptions byDefault = new();
        ForebayOptions options = new ForebayHostOptions { DataDirectory = "/" }.ToOptions();
        foreach (System.Reflection.PropertyInfo property in typeof(ForebayOptions).GetProperties())
            Assert.Equal(property.GetValue(byDefault), property.GetValue(options));
    }

    private static string Documentation
    {
        get
        {
            DirectoryInfo? folder = new(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "docs", "hosting.md")))
                folder = folder.Parent;
            return Path.Combine(folder!.FullName, "docs", "hosting.md");
        }
    }

    /// <summary>Changes a page when it is told to stop: the last moment there is.</summary>
    private sealed class LateWriter(ForebayInstance instance) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            using ForebaySession session = instance.OpenSession();
            using PinnedPage page = session.Read(instance.Relation(HostedInstance.Locator).Main, 2);
            using LockedPage locked = page.Lock(ContentLockMode.Exclusive);
            locked.Contents[0] = 77;
            locked.MarkDirty();
            return Task.CompletedTask;
        }
    }
}
