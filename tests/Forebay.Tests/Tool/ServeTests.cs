using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Forebay.Buffers;
using Forebay.Streams;
using Shared;

namespace Forebay.Tests.Tool;

/// <summary>The commands on a shared instance as people use them: each a process of its own.</summary>
public sealed class ServeTests
{
    private const int StateAt = 12;
    private const int ReasonAt = 24 + (32 * 8) + 4096 + 256 + 256;

    private static readonly string[] s_columns =
    [
        "pid", "io_id", "io_generation", "state", "operation", "off", "length", "target", "target_desc",
        "handle_data_len", "raw_result", "result", "f_sync", "f_localmem", "f_buffered", "age_us", "method", "ring",
        "waiters",
    ];

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public void Serve_Signalled_WritesWhatIsDirtyAndLeaves(string signal)
    {
        using ServedInstance served = new();
        using (ForebayInstance member = served.Attach())
        using (ForebaySession session = member.OpenSession())
        {
            using PinnedPage page = session.Read(member.Relation(ServedInstance.Locator).Main, 3);
            using LockedPage locked = page.Lock(ContentLockMode.Exclusive);
            BinaryPrimitives.WriteInt64LittleEndian(locked.Contents, 4711);
            locked.MarkDirty();
        }

        served.Serve.Signal(signal);

        Assert.Equal(0, served.Serve.End());
        Assert.EndsWith("left served\n", served.Serve.Seen, StringComparison.Ordinal);
        ReadOnlySpan<byte> file = File.ReadAllBytes(served.RelationFile);
        Assert.Equal(4711, BinaryPrimitives.ReadInt64LittleEndian(file[(3 * ServedInstance.BlockBytes)..]));
        Assert.Empty(served.Folder.Files);
    }

    [Fact]
    public void Bench_InstanceServed_JoinsItAndIsSeenByEveryView()
    {
        using ServedInstance served = new();
        using ToolProcess worker = served.Tool("worker", "--attach", ServedInstance.Name, "--workers", "1");
        worker.Until("working for served");
        using ToolProcess bench = served.Tool("bench", "--share", ServedInstance.Name, "--size", "256MiB", "--pattern",
            "random", "--json");
        bench.Until("joined the shared instance served");

        JsonElement row = StopWithOperations(served, bench);
        using ToolProcess ps = served.Tool("ps", "--attach", ServedInstance.Name, "--json");
        using ToolProcess stat = served.Tool("stat", "--json"); // the only one that runs
        using ToolProcess buffers = served.Tool("buffers", "--json");
        using ToolProcess top = served.Tool("top", "--count", "2", "--interval", "0.01", "--json");
        JsonElement operations = Report(ps).GetProperty("in_flight");
        JsonElement counted = Report(stat).GetProperty("rows");
        JsonElement frames = Report(buffers).GetProperty("rows");
        Assert.Equal(0, top.End());
        bench.Signal("CONT");

        Assert.Equal(s_columns, row.EnumerateObject().Select(property => property.Name));
        Assert.Contains(operations.EnumerateArray(), found => found.GetProperty("pid").GetInt32() == bench.Id);
        Assert.Equal("relation", row.GetProperty("target").GetString());
        Assert.Contains("base/4", row.GetProperty("target_desc").GetString(), StringComparison.Ordinal);
        Assert.Equal("worker", row.GetProperty("method").GetString());
        Assert.Contains(counted.EnumerateArray(), found => found.GetProperty("operation").GetString() == "read"
            && found.GetProperty("operations").GetInt64() > 0);
        Assert.Contains(frames.EnumerateArray(), found => found.GetProperty("database").GetUInt32() > 4_000_000_000);
        string[] refreshes = top.Seen.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([1, 2], refreshes.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("refresh")
            .GetInt32()));
        Assert.Equal(3, JsonDocument.Parse(refreshes[0]).RootElement.GetProperty("processes").GetInt32());
        Assert.Equal(0, bench.End()); // 1, if pages were read that had not been written
        Assert.Equal(["5"], Directory.GetDirectories(Path.Combine(served.DataDirectory, "base"))
            .Select(Path.GetFileName));
        worker.Signal("INT");
        Assert.Equal(0, worker.End());
    }

    [Fact]
    public void Bench_JoinedAndInterrupted_DropsItsRelation()
    {
        using ServedInstance served = new();
        using ToolProcess bench = served.Tool("bench", "--share", ServedInstance.Name, "--size", "256MiB");
        bench.Until("joined the shared instance served");
        bench.Signal("INT");
        Assert.Equal(2, bench.End());
        Assert.Contains("forebay: interrupted.", bench.Seen, StringComparison.Ordinal);
        Assert.Equal(["5"], Directory.GetDirectories(Path.Combine(served.DataDirectory, "base"))
            .Select(Path.GetFileName));
        Assert.Contains("served: worker, 1 processes", served.Run("top", "--count", "1").Output,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--pool: the shared instance 'served', which runs, has 4 MiB, not 8 MiB", "--pool", "8MiB")]
    [InlineData("--io-method: the shared instance 'served', which runs, has worker", "--io-method", "sync")]
    [InlineData("--io-method all: a shared instance has one method", "--io-method", "all")]
    [InlineData("--io-direct: the shared instance 'served', which runs, has off", "--io-direct", "on")]
    [InlineData("--checksum: the shared instance 'served', which runs, has off", "--checksum", "on")]
    [InlineData("--data: the shared instance 'served', which runs, has", "--data", "/tmp")]
    public void Bench_OtherThanTheInstance_IsRefused(string expected, params string[] option)
    {
        using ServedInstance served = new();
        served.Run(["bench", "--share", ServedInstance.Name, "--json", .. option]).AssertRefused(expected);
        Assert.Equal(["base"], Directory.GetFileSystemEntries(served.DataDirectory).Select(Path.GetFileName));
    }

    [Fact]
    public void Bench_NobodyServes_MakesAnInstanceAndSaysSo()
    {
        using SharedFolder folder = new();
        DirectoryInfo data = Directory.CreateTempSubdirectory("forebay-bench-own-");
        try
        {
            ToolRun run = ToolRun.Of("bench", "--share", "own", "--share-dir", folder.Path, "--data", data.FullName,
                "--size", "8MiB", "--pool", "8MiB", "--io-method", "worker", "--json");
            Assert.Equal(0, run.Code);
            Assert.StartsWith("there was no shared instance own: made one", run.Errors, StringComparison.Ordinal);
            Assert.Equal(3, run.Json.GetProperty("results").GetArrayLength());
            Assert.Empty(folder.Files);
            Assert.Empty(data.EnumerateFileSystemInfos());
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    [Fact]
    public void Views_MembersWereKilled_ShowWhatIsLeft()
    {
        using ServedInstance served = new();
        served.Serve.Signal("KILL");
        served.Serve.End();

        Assert.Equal(0, served.Run("ps", "--json").Code);
        Assert.Equal(0, served.Run("stat", "--json").Code);
        Assert.Equal(0, served.Run("buffers", "--summary", "--json").Code);
        ToolRun top = served.Run("top", "--count", "5", "--json");
        Assert.Equal((0, "forebay: the instance 'served' is over: no process is attached.\n"), (top.Code, top.Errors));
        Assert.Single(top.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));

        using ToolProcess again = served.Start(IoMethod.Worker);
        again.Until("serving served:");
        Assert.Contains("a crash had left", again.Seen, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("1 processes", served.Run("top", "--count", "1").Output, StringComparison.Ordinal);
        again.Signal("TERM");
        Assert.Equal(0, again.End());
    }

    [Fact]
    public void Views_SeveralInstances_AreToBeNamed()
    {
        using ServedInstance served = new();
        using ForebayInstance other = ForebayInstance.Open(served.DataDirectory, new ForebayOptions
        {
            Sharing = served.Folder.Named("other"), BufferPoolBytes = 1 << 20, IoMethod = IoMethod.Sync,
        });
        served.Run("ps").AssertRefused("There are several shared instances: other, served. Say which with --attach");
        Assert.Equal(0, served.Run("ps", "--attach", "other").Code);
        other.Dispose();
        Assert.Equal(0, served.Run("ps").Code);
        served.Folder.Write("crashed", new byte[10_000]); // what does not live is not meant
        served.Folder.Write("another", new byte[10_000]);
        Assert.Equal(0, served.Run("ps").Code);
    }

    [Fact]
    public void Tool_InstanceStopped_SaysWhyAndLeaves()
    {
        using ServedInstance served = new();
        using ForebayInstance member = served.Attach(); // or it would be over as soon as they have left
        using ToolProcess worker = served.Tool("worker", "--attach", ServedInstance.Name);
        worker.Until("working for served");
        using (FileStream segment = new(served.Folder.Segment(ServedInstance.Name), FileMode.Open, FileAccess.ReadWrite,
            FileShare.ReadWrite, 0))
        {
            segment.Position = ReasonAt;
            segment.Write(Encoding.UTF8.GetBytes("block 7 of base/5/16384 may be torn.\0"));
            segment.Position = StateAt;
            segment.Write(BitConverter.GetBytes((int)Forebay.Processes.SegmentState.Stopped));
        }

        foreach (string[] words in (string[][])[["ps"], ["stat"], ["buffers"], ["top", "--count", "1"]])
        {
            ToolRun view = served.Run([.. words, "--attach", ServedInstance.Name]);
            Assert.Equal(0, view.Code); // what is there can be looked at
            Assert.Contains("has stopped: block 7 of base/5/16384 may be torn.", view.Errors, StringComparison.Ordinal);
        }

        foreach (ToolProcess process in (ToolProcess[])[served.Serve, worker])
        {
            Assert.Equal(2, process.End());
            Assert.Contains("has stopped: block 7 of base/5/16384", process.Seen, StringComparison.Ordinal);
        }

        served.Run("worker", "--attach", ServedInstance.Name).AssertRefused("may be torn");
        served.Run("bench", "--share", ServedInstance.Name).AssertRefused("may be torn");
    }

    [Fact]
    public void Tool_OfAnotherUser_IsRefused()
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root can become somebody else");
        using ServedInstance served = new();
        foreach (string[] words in (string[][])[["ps", "--attach"], ["worker", "--attach"], ["bench", "--share"]])
        {
            using ToolProcess other = ToolProcess.StartAsNobody(
                [.. words, ServedInstance.Name, "--share-dir", served.Folder.Path]);
            Assert.Equal(2, other.End());
            Assert.Contains("belongs to user 0, not to user 65534", other.Seen, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Top_KeysOnATerminal_SortAndEnd()
    {
        using ServedInstance served = new();
        using ToolProcess top = ToolProcess.StartOnTerminal(
            "top", "--attach", ServedInstance.Name, "--share-dir", served.Folder.Path, "--interval", "600");
        top.Until("sorted by age");
        foreach ((string key, string order) in ((string, string)[])
            [("l", "length"), ("p", "pid"), ("w", "waiters")])
        {
            top.Type(key);
            top.Until($"sorted by {order}");
        }

        top.Type("q");
        Assert.Equal(0, top.End());
    }

    // The issuer stands still with operations in hand: what it has in flight stays to be seen.
    private static JsonElement StopWithOperations(ServedInstance served, ToolProcess bench)
    {
        JsonElement row = default;
        Background.Until(() =>
        {
            bench.Signal("STOP");
            foreach (JsonElement found in served.Run("ps", "--json").Json.GetProperty("in_flight").EnumerateArray())
            {
                if (found.GetProperty("pid").GetInt32() != bench.Id
                    || found.GetProperty("target").ValueKind == JsonValueKind.Null)
                    continue;
                row = found;
                return true;
            }

            bench.Signal("CONT");
            return false;
        }, "the benchmark has operations in flight");
        return row;
    }

    private static JsonElement Report(ToolProcess run)
    {
        Assert.Equal(0, run.End());
        return JsonDocument.Parse(run.Seen).RootElement.Clone();
    }
}
