using System.Text.Json;
using Forebay.Tool.Commands;
using Forebay.Tool.Output;
using Forebay.Tool.Parsing;

namespace Forebay.Tests.Tool;

/// <summary>The command line itself: help, words, numbers, and <c>forebay methods</c>.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("verify", "PATH", "--io-method", "--io-direct", "--concurrency", "--json")]
    [InlineData("bench", "--data", "--size", "--pool", "--pattern", "--io-method", "--io-direct", "--concurrency",
        "--checksum", "--streams", "--pages", "--seconds", "--seed", "--keep", "--json")]
    [InlineData("methods", "--io-method", "--json")]
    [InlineData("tables", "PGDATA", "--all", "--json")]
    [InlineData("vacuum-report", "PGDATA", "TABLE", "--skip-all-visible", "--io-method", "--io-direct",
        "--concurrency", "--json")]
    [InlineData("scan", "PGDATA", "TABLE", "--columns", "--where", "--index", "--limit", "--format", "--count",
        "--parallel", "--explain", "--io-method", "--io-direct", "--concurrency")]
    public void Help_OfACommand_NamesItsOptions(string command, params string[] options)
    {
        ToolRun run = ToolRun.Of(command, "--help");
        Assert.Equal(0, run.Code);
        Assert.Equal("", run.Errors);
        foreach (string option in options)
            Assert.Contains(option, run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("[default", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_OfTheTool_NamesItsCommands()
    {
        ToolRun run = ToolRun.Of("--help");
        Assert.Equal(0, run.Code);
        foreach (string command in (string[])["verify", "tables", "scan", "vacuum-report", "bench",
            "methods"])
            Assert.Contains(command, run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Required command was not provided")]
    [InlineData("'verfy' is not a command or option", "verfy")]
    [InlineData("Required argument 'PATH' missing", "verify", "--json")]
    [InlineData("'--fast' is not a command or option", "bench", "--fast")]
    [InlineData("--io-method takes sync, worker, io_uring or auto, not 'magic'", "methods", "--io-method", "magic")]
    [InlineData("--io-direct takes on or off, not 'true'", "verify", "x", "--io-direct", "true")]
    [InlineData("--concurrency", "verify", "x", "--concurrency")]
    [InlineData("--concurrency takes a whole number from 0 to 1000, not '-1'", "verify", "x", "--concurrency", "-1")]
    [InlineData("--io-method takes sync, worker, io_uring or auto, not 'SYNC'", "verify", "x", "--io-method", "SYNC")]
    [InlineData("--seed takes a whole number", "bench", "--json", "--seed", "x")]
    public void Run_BadCommandLine_IsOneLineAndTwo(string expected, params string[] args) =>
        ToolRun.Of(args).AssertRefused(expected);

    [Fact]
    public void Methods_Json_HasExactlyItsFields()
    {
        ToolRun run = ToolRun.Of("methods", "--json");
        Assert.Equal(0, run.Code);
        Assert.Equal("", run.Errors);
        Assert.Equal(
            ["requested", "effective", "reason", "methods"],
            run.Json.EnumerateObject().Select(property => property.Name));
        List<JsonElement> methods = [.. run.Json.GetProperty("methods").EnumerateArray()];
        Assert.Equal(["sync", "worker", "io_uring"], methods.Select(method => method.GetProperty("name").GetString()));
        foreach (JsonElement method in methods)
        {
            Assert.Equal(
                ["name", "available", "reason", "hint", "features"],
                method.EnumerateObject().Select(property => property.Name));
            Assert.Equal(JsonValueKind.Array, method.GetProperty("features").ValueKind);
        }
    }

    [Fact]
    public void Methods_ForPeople_SaysWhatWouldBeUsed()
    {
        ToolRun run = ToolRun.Of("methods", "--io-method", "sync");
        Assert.Equal(0, run.Code);
        Assert.Contains("io_method = sync uses sync", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Methods_RingRefused_AutoFallsBackAndSaysWhyAndAskedForFails()
    {
        MethodAvailability[] found =
        [
            new(IoMethod.Sync, true, "Works everywhere.", "", []),
            new(IoMethod.Worker, true, "Works everywhere.", "", []),
            new(IoMethod.IoUring, false, "Forbidden.", "Permit it.", []),
        ];
        MethodsReport report = MethodsCommand.Report(IoMethod.Auto, found);
        Assert.Equal(("auto", "worker"), (report.Requested, report.Effective));
        Assert.Contains("Forbidden. Permit it.", report.Reason, StringComparison.Ordinal);
        CommandException refusal =
            Assert.Throws<CommandException>(() => MethodsCommand.Report(IoMethod.IoUring, found));
        Assert.Equal("io_method = io_uring cannot be used: Forbidden. Permit it.", refusal.Message);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("8192", 8192)]
    [InlineData("1KiB", 1024)]
    [InlineData("3 MiB", 3 << 20)]
    [InlineData("2gib", 2L << 30)]
    public void Sizes_Good_AreRead(string text, long expected)
    {
        Assert.True(Sizes.TryParse(text, out long bytes));
        Assert.Equal(expected, bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("KiB")]
    [InlineData("-1")]
    [InlineData("1.5MiB")]
    [InlineData("1MB")]
    [InlineData("9223372036854775807KiB")]
    [InlineData("99999999999999999999")]
    public void Sizes_Bad_AreNot(string text) => Assert.False(Sizes.TryParse(text, out _));

    [Theory]
    [InlineData(0, "0 bytes")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(128L << 20, "128 MiB")]
    [InlineData(1L << 30, "1 GiB")]
    public void Sizes_Format_IsForPeople(long bytes, string expected) => Assert.Equal(expected, Sizes.Format(bytes));
}
