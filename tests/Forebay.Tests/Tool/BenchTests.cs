using System.Text.Json;
using Forebay.Tool.Benchmarks;

namespace Forebay.Tests.Tool;

/// <summary>The benchmark on a small relation: what it says is real and complete, what it made goes.</summary>
public sealed class BenchTests : IDisposable
{
    private const int PagesOf16MiB = 2048;

    private readonly string _folder = Directory.CreateTempSubdirectory("forebay-bench-test-").FullName;

    private string Data => Path.Combine(_folder, "data");

    public static TheoryData<string> Patterns() => ["sequential", "random", "skip"];

    public static TheoryData<string, string> Cases() => MethodCases.MethodsAndModes();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Bench_AllMethodsAndStreams_ReadTheSamePages(string pattern)
    {
        HashSet<string> hashes = [];
        foreach (string streams in (string[])["1", "3"])
        {
            foreach (JsonElement entry in Run("--pattern", pattern, "--pages", "600", "--streams", streams))
            {
                if (entry.TryGetProperty("refused", out _))
                    continue;
                Assert.Equal(600, entry.GetProperty("pages").GetInt64());
                Assert.Equal(int.Parse(streams), entry.GetProperty("streams").GetInt32());
                hashes.Add(entry.GetProperty("content_hash").GetString()!);
            }
        }

        Assert.Single(hashes);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Bench_OneMethod_ReadsTheWholeRelation(string method, string direct)
    {
        MethodCases.Require(method);
        MethodCases.RequireMode(direct, _folder);
        List<JsonElement> results = Run("--io-method", method, "--io-direct", direct);
        Assert.Equal(["sequential", "random", "skip"], results.Select(Text("pattern")));
        long[] pages = [PagesOf16MiB, PagesOf16MiB, SkipBlocks.CountIn(PagesOf16MiB)];
        Assert.Equal(pages, results.Select(entry => entry.GetProperty("pages").GetInt64()));
        foreach (JsonElement entry in results)
        {
            Assert.Equal(method, entry.GetProperty("io_method").GetString());
            Assert.Equal(direct == "on", entry.GetProperty("io_direct").GetBoolean());
            Assert.True(entry.GetProperty("pages_per_s").GetDouble() > 0);
            Assert.True(entry.GetProperty("mib_per_s").GetDouble() > 0);
            Assert.True(entry.GetProperty("cpu_s").GetDouble() > 0);
            Assert.True(entry.GetProperty("cpu_us_per_page").GetDouble() > 0);
            Assert.True(entry.GetProperty("ios").GetInt64() > 0);
            Assert.True(entry.GetProperty("pages_per_io").GetDouble() >= 1);
            Assert.True(entry.GetProperty("waits").GetInt64() >= 0);
            Assert.True(entry.GetProperty("max_distance").GetInt32() >= 1);
        }

        // What covers the whole relation has the same contents, in whatever order.
        Assert.Equal(Text("content_hash")(results[0]), Text("content_hash")(results[1]));
        Assert.NotEqual(Text("content_hash")(results[0]), Text("content_hash")(results[2]));
    }

    [Fact]
    public void Bench_Json_HasExactlyItsFields()
    {
        JsonElement entry = Run("--pattern", "sequential", "--io-method", "sync")[0];
        string[] expected =
        [
            "io_method", "pattern", "io_direct", "checksum", "streams", "pages", "seconds", "pages_per_s",
            "mib_per_s", "cpu_s", "cpu_us_per_page", "ios", "pages_per_io", "waits", "max_distance",
            "allocated_bytes_per_page", "speedup", "fixed_buffers", "content_hash",
        ];
        Assert.Equal(
            expected.Order(StringComparer.Ordinal),
            entry.EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Bench_WithSync_GivesTheSpeedupOverIt()
    {
        List<JsonElement> results = Run("--pattern", "random");
        double baseline = results[0].GetProperty("pages_per_s").GetDouble();
        Assert.Equal("sync", Text("io_method")(results[0]));
        foreach (JsonElement entry in results.Where(entry => !entry.TryGetProperty("refused", out _)))
        {
            double expected = entry.GetProperty("pages_per_s").GetDouble() / baseline;
            Assert.Equal(expected, entry.GetProperty("speedup").GetDouble(), precision: 9);
        }
    }

    [Fact]
    public void Bench_WithoutSync_GivesNoSpeedup() =>
        Assert.Equal(JsonValueKind.Null,
            Run("--pattern", "skip", "--io-method", "worker")[0].GetProperty("speedup").ValueKind);

    [Fact]
    public void Bench_WithSeconds_GivesNoContentHash() =>
        Assert.Equal(JsonValueKind.Null,
            Run("--pattern", "skip", "--io-method", "sync", "--seconds", "0.5")[0]
                .GetProperty("content_hash").ValueKind);

    [Fact]
    public void Bench_OtherSeed_ReadsOtherPages()
    {
        string[] options = ["--pattern", "random", "--io-method", "sync", "--pages", "500", "--seed"];
        string first = Text("content_hash")(Run([.. options, "1"])[0])!;
        Assert.Equal(first, Text("content_hash")(Run([.. options, "1"])[0]));
        Assert.NotEqual(first, Text("content_hash")(Run([.. options, "2"])[0]));
    }

    [Theory]
    [InlineData("on", true)]
    [InlineData("off", false)]
    public void Bench_Checksum_IsAsAskedFor(string word, bool expected) =>
        Assert.Equal(expected, Run("--pattern", "skip", "--io-method", "sync", "--checksum", word)[0]
            .GetProperty("checksum").GetBoolean());

    [Theory]
    [InlineData("sync")]
    [InlineData("worker")]
    [InlineData("io_uring")]
    public void Bench_SmallestPoolAndNoConcurrency_StillReadsEverything(string method)
    {
        MethodCases.Require(method);
        List<JsonElement> results = Run("--io-method", method, "--pool", "128KiB", "--concurrency", "0");
        Assert.Equal(PagesOf16MiB, results[0].GetProperty("pages").GetInt64());
        Assert.Equal(Text("content_hash")(results[0]), Text("content_hash")(results[1]));
    }

    [Fact]
    public void Bench_MoreStreamsThanPages_ReadsEachPageOnce()
    {
        List<JsonElement> results = Run("--pattern", "sequential", "--io-method", "sync", "--size", "16KiB",
            "--streams", "5");
        Assert.Equal(2, results[0].GetProperty("pages").GetInt64());
    }

    [Fact]
    public void Bench_AtItsEnd_LeavesNothing()
    {
        Run("--pattern", "skip", "--io-method", "sync");
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public void Bench_InAFolderThatExists_LeavesItAsItWas()
    {
        Directory.CreateDirectory(Data);
        File.WriteAllText(Path.Combine(Data, "mine"), "mine");
        Run("--pattern", "skip", "--io-method", "sync");
        Assert.Equal([Path.Combine(Data, "mine")], Directory.EnumerateFileSystemEntries(Data));
    }

    [Fact]
    public void Bench_Keep_LeavesARelationThatVerifies()
    {
        ToolRun run = ToolRun.Of("bench", "--data", Data, "--size", "16MiB", "--pattern", "skip", "--io-method", "sync",
            "--keep", "--json");
        Assert.Equal(0, run.Code);
        Assert.Equal(1, run.Json.GetProperty("results").GetArrayLength());
        string file = Assert.Single(Directory.EnumerateFiles(Data, "*", SearchOption.AllDirectories));
        Assert.Contains(Data, run.Errors, StringComparison.Ordinal);
        ToolRun verified = ToolRun.Of("verify", file, "--json");
        Assert.Equal(0, verified.Code);
        Assert.Equal(PagesOf16MiB, verified.Json.GetProperty("blocks_scanned").GetInt64());
    }

    [Fact]
    public void Bench_WithoutJson_PrintsATable()
    {
        ToolRun run = ToolRun.Of("bench", "--data", Data, "--size", "16MiB", "--pattern", "sequential");
        Assert.Equal(0, run.Code);
        Assert.Contains("16 MiB, pool 128 MiB, ", run.Output, StringComparison.Ordinal);
        Assert.Contains("sequential", run.Output, StringComparison.Ordinal);
        Assert.Contains("1.00×", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Bench_Interrupted_LeavesNothing()
    {
        using CancellationTokenSource interruption = new();
        interruption.Cancel();
        ToolRun.Of(interruption.Token, "bench", "--data", Data, "--size", "16MiB", "--json")
            .AssertRefused("interrupted");
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public void Bench_MoreThanTheDeviceHas_IsRefusedAndLeavesNothing()
    {
        ToolRun.Of("bench", "--data", Data, "--size", "16000GiB", "--json").AssertRefused("is free");
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public void Bench_FolderThatCannotBeMade_IsRefused()
    {
        File.WriteAllText(Data, "a file");
        ToolRun.Of("bench", "--data", Data, "--size", "16MiB", "--json").AssertRefused("cannot be made");
    }

    [Theory]
    [InlineData("Only one of --pages and --seconds", "--pages", "5", "--seconds", "5")]
    [InlineData("--size takes a size such as 128MiB, not '-1'", "--size", "-1")]
    [InlineData("--size takes a size such as 128MiB, not '1XB'", "--size", "1XB")]
    [InlineData("--size takes 8 KiB to", "--size", "8191")]
    [InlineData("--pool takes 128 KiB and more, not 64 KiB", "--pool", "64KiB")]
    [InlineData("--pages takes a whole number from 1 up, not '0'", "--pages", "0")]
    [InlineData("--seconds takes a number of seconds above 0, not '0'", "--seconds", "0")]
    [InlineData("--streams takes a whole number from 1 to 256, not '0'", "--streams", "0")]
    [InlineData("--concurrency takes a whole number from 0 to 1000, not '1001'", "--concurrency", "1001")]
    [InlineData("--pattern takes sequential, random, skip or all, not 'x'", "--pattern", "x")]
    [InlineData("--io-method takes sync, worker, io_uring or all, not 'auto'", "--io-method", "auto")]
    [InlineData("--checksum takes on or off, not 'yes'", "--checksum", "yes")]
    [InlineData("--io-direct takes on or off, not 'maybe'", "--io-direct", "maybe")]
    [InlineData("--data takes the name of a folder", "--data", "")]
    public void Bench_BadOption_IsRefused(string expected, params string[] options) =>
        ToolRun.Of(["bench", "--json", .. options]).AssertRefused(expected);

    private List<JsonElement> Run(params string[] options)
    {
        string[] size = options.Contains("--size") ? [] : ["--size", "16MiB"];
        string[] pool = options.Contains("--pool") ? [] : ["--pool", "8MiB"];
        ToolRun run = ToolRun.Of(["bench", "--data", Data, "--json", .. size, .. pool, .. options]);
        Assert.True(run.Code == 0, run.Errors);
        return [.. run.Json.GetProperty("results").EnumerateArray()];
    }

    private static Func<JsonElement, string?> Text(string name) => entry => entry.GetProperty(name).GetString();
}
