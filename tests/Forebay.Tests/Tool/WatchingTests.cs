using System.Text.Json;
using Forebay.Buffers;
using Forebay.Handles;
using Forebay.Storage;
using Forebay.Streams;
using Shared;

namespace Forebay.Tests.Tool;

/// <summary>The commands that look at a shared instance, which this process holds.</summary>
public sealed class WatchingTests : IDisposable
{
    private const int BlockBytes = 8192;
    private const int Blocks = 8;

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("forebay-watching-");
    private readonly SharedFolder _folder = new();
    private readonly ScriptedHoldPoints _holds = new();
    private readonly ForebayInstance _instance;
    private readonly RelationFork _fork;

    public WatchingTests()
    {
        string folder = Path.Combine(_data.FullName, "base", "5");
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, "16384"), new byte[Blocks * BlockBytes]);
        _instance = ForebayInstance.Open(_data.FullName, new ForebayOptions
        {
            BufferPoolBytes = 64 * BlockBytes,
            IoMethod = IoMethod.Worker,
            IoMaxConcurrency = 8,
            MaxSessions = 4,
            Sharing = _folder.Named("watched"),
            HoldPoints = _holds,
        });
        _fork = _instance.Relation(new RelationLocator(1663, 5, 16384)).Main;
    }

    public void Dispose()
    {
        _instance.Dispose();
        _folder.Dispose();
        _data.Delete(recursive: true);
    }

    [Fact]
    public void Ps_OperationInFlight_TellsAllColumns()
    {
        using ManualResetEventSlim gate = new();
        _holds[HoldPoint.BeforeExecute] = (in IoHandleView _, ref int _) => gate.Wait(Background.Limit);
        using ForebaySession session = _instance.OpenSession();
        Task reading = Background.Run(() =>
        {
            using ReadStream<BlockRange> stream = session.OpenReadStream(_fork, new BlockRange(2, 3));
            Assert.True(stream.TryNext(out PinnedPage page));
            page.Dispose();
        });
        JsonElement row = default;
        try
        {
            Background.Until(() => Run("ps").Json.GetProperty("in_flight").EnumerateArray().Any(
                found => found.GetProperty("state").GetString() == "SUBMITTED"), "an operation is in flight");
            row = Run("ps").Json.GetProperty("in_flight")[0];
            Assert.Contains("base/5/16384", Run(json: false, "ps").Output, StringComparison.Ordinal);
        }
        finally
        {
            gate.Set();
            Background.Join(reading);
        }

        Assert.Equal(
            [
                "pid", "io_id", "io_generation", "state", "operation", "off", "length", "target", "target_desc",
                "handle_data_len", "raw_result", "result", "f_sync", "f_localmem", "f_buffered", "age_us", "method",
                "ring", "waiters",
            ],
            row.EnumerateObject().Select(property => property.Name));
        Assert.Equal(Environment.ProcessId, row.GetProperty("pid").GetInt32());
        Assert.Equal("readv", row.GetProperty("operation").GetString());
        Assert.Equal(2 * BlockBytes, row.GetProperty("off").GetInt64());
        Assert.Equal("relation", row.GetProperty("target").GetString());
        Assert.StartsWith("block", row.GetProperty("target_desc").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, row.GetProperty("raw_result").ValueKind);
        Assert.Equal("UNKNOWN", row.GetProperty("result").GetString());
        Assert.True(row.GetProperty("f_buffered").GetBoolean());
        Assert.True(row.GetProperty("age_us").GetInt64() > 0);
        Assert.Equal("worker", row.GetProperty("method").GetString());
        Assert.Equal(JsonValueKind.Null, row.GetProperty("ring").ValueKind);
        Assert.Empty(Run("ps").Json.GetProperty("in_flight").EnumerateArray());
    }

    [Fact]
    public void Stat_PagesRead_TellsWhatTheInstanceTells()
    {
        using ForebaySession session = _instance.OpenSession();
        for (uint block = 0; block < 3; block++)
        {
            session.Read(_fork, block).Dispose();
            session.Read(_fork, block).Dispose();
        }

        JsonElement rows = Run("stat").Json.GetProperty("rows");
        JsonElement reads = rows.EnumerateArray().Single(row => Key(row) == "relation/normal/read");
        JsonElement hits = rows.EnumerateArray().Single(row => Key(row) == "relation/normal/hit");

        Assert.Equal((3L, 3L * BlockBytes),
            (reads.GetProperty("operations").GetInt64(), reads.GetProperty("bytes").GetInt64()));
        Assert.True(reads.GetProperty("time_us").GetDouble() > 0);
        Assert.Equal(3, reads.GetProperty("latencies").EnumerateArray().Sum(
            bucket => bucket.GetProperty("operations").GetInt64()));
        Assert.Equal(3, hits.GetProperty("operations").GetInt64());
        Assert.Contains("hit", Run(json: false, "stat").Output, StringComparison.Ordinal);

        static string Key(JsonElement row) => $"{row.GetProperty("object").GetString()}/"
            + $"{row.GetProperty("context").GetString()}/{row.GetProperty("operation").GetString()}";
    }

    [Fact]
    public void Buffers_PagesInThePool_AreListed()
    {
        using ForebaySession session = _instance.OpenSession();
        session.Read(_fork, 5).Dispose();
        using PinnedPage page = session.Read(_fork, 6);
        using LockedPage locked = page.Lock(ContentLockMode.Exclusive);

        JsonElement[] rows = [.. Run("buffers").Json.GetProperty("rows").EnumerateArray()];
        JsonElement sums = Run("buffers", "--summary").Json.GetProperty("summary");

        Assert.Equal([5u, 6u], rows.Select(row => row.GetProperty("block").GetUInt32()).Order());
        JsonElement pinned = rows.Single(row => row.GetProperty("block").GetUInt32() == 6);
        Assert.Equal((16384u, "main", 1, "exclusive"),
            (pinned.GetProperty("relation").GetUInt32(), pinned.GetProperty("fork").GetString()!,
                pinned.GetProperty("pins").GetInt32(), pinned.GetProperty("content_lock").GetString()!));
        Assert.Equal((64, 2, 1), (sums.GetProperty("frames").GetInt32(), sums.GetProperty("used").GetInt32(),
            sums.GetProperty("pinned").GetInt32()));
        Assert.Contains("1663/5/16384", Run(json: false, "buffers").Output, StringComparison.Ordinal);
        Assert.StartsWith("64 frames: 2 used", Run(json: false, "buffers", "--summary").Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Top_CountGiven_PrintsOneObjectPerRefresh()
    {
        using ForebaySession session = _instance.OpenSession();
        session.Read(_fork, 0).Dispose();

        ToolRun run = Run("top", "--count", "3", "--interval", "0.01");

        string[] lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        for (int i = 0; i < lines.Length; i++)
        {
            JsonElement refresh = JsonDocument.Parse(lines[i]).RootElement;
            Assert.Equal(i + 1, refresh.GetProperty("refresh").GetInt32());
            Assert.Equal(1, refresh.GetProperty("processes").GetInt32());
            Assert.Equal(1, refresh.GetProperty("buffers").GetProperty("used").GetInt32());
            Assert.Empty(refresh.GetProperty("in_flight").EnumerateArray());
            Assert.Empty(refresh.GetProperty("rates").EnumerateArray()); // nothing is done meanwhile
        }

        ToolRun text = Run(json: false, "top", "--count", "2", "--interval", "0.01", "--sort", "length");
        Assert.Equal(0, text.Code);
        Assert.DoesNotContain('\u001b', text.Output); // plain, as nobody looks at a terminal
        Assert.Contains("watched: worker, 1 processes", text.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ps")]
    [InlineData("stat")]
    [InlineData("buffers")]
    [InlineData("top")]
    public void Run_NoInstance_IsRefusedInOneLine(string command)
    {
        using SharedFolder empty = new();
        empty.Make();
        ToolRun.Of(command, "--share-dir", empty.Path).AssertRefused("No shared instance is running");
        ToolRun.Of(command, "--share-dir", empty.Path, "--attach", "nobody").AssertRefused("nobody");
        ToolRun.Of(command, "--share-dir", empty.Path, "--attach", "../x").AssertRefused("name");
        empty.Write("hostile", new byte[10_000]);
        Assert.Equal(2, ToolRun.Of(command, "--share-dir", empty.Path).Code);
    }

    [Fact]
    public void Viewer_InstanceOver_SaysSo()
    {
        using ForebayViewer viewer = ForebayViewer.Attach(_folder.Named("watched"));
        Assert.Equal(("watched", 1), (viewer.Name, viewer.AttachedProcesses));
        Assert.Equal(_instance.DataDirectory, viewer.DataDirectory);
        _instance.Dispose();
        Assert.Equal(0, viewer.AttachedProcesses);
        Assert.Empty(viewer.GetInFlight());
        Assert.Empty(viewer.GetWaits());
        viewer.Dispose();
        Assert.Throws<ObjectDisposedException>(viewer.GetInFlight);
    }

    private ToolRun Run(params string[] words) => Run(json: true, words);

    private ToolRun Run(bool json, params string[] words)
    {
        ToolRun run = ToolRun.Of([.. words, "--share-dir", _folder.Path, "--attach", "watched",
            .. json ? (string[])["--json"] : []]);
        Assert.Equal("", run.Errors);
        Assert.Equal(0, run.Code);
        return run;
    }
}
