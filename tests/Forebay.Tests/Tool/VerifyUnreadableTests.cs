using System.CommandLine;
using System.Text.Json;
using Forebay.Handles;
using Forebay.Interop;
using Forebay.Tests.PostgreSql;
using Forebay.Tool.Output;
using Forebay.Tool.Verifying;
using Shared;

namespace Forebay.Tests.Tool;

/// <summary>Blocks that the device cannot read: they are told of, and everything around them is checked.</summary>
public sealed class VerifyUnreadableTests(ClusterFixture cluster)
{
    private const int PageBytes = 8192;
    private const int Last = SmallCluster.TableBlocks - 1;

    public static TheoryData<string, int[]> MethodsAndBlocks()
    {
        TheoryData<string, int[]> data = [];
        foreach (string method in (string[])["sync", "worker", "io_uring"])
        {
            foreach (int[] blocks in (int[][])[[0], [1], [7, 8], [0, 15, 16, 17, 200, Last], [Last]])
                data.Add(method, blocks);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(MethodsAndBlocks))]
    public void Verify_UnreadableBlocks_AllOthersAreCheckedAndTheFileIsAnError(string method, int[] unreadable)
    {
        MethodCases.Require(method);
        using SmallCluster copy = new(cluster);
        copy.Flip(SmallCluster.Table, (9 * PageBytes) + 100, 1);
        copy.Flip(SmallCluster.Table, ((Last - 1) * PageBytes) + 100, 1);

        (int code, JsonElement report, string errors) = Run(copy.InCopy(SmallCluster.Table), method, unreadable);

        Assert.Equal(2, code);
        Assert.Equal(1, report.GetProperty("files_scanned").GetInt64());
        Assert.Equal(
            SmallCluster.TableBlocks - unreadable.Length, report.GetProperty("blocks_scanned").GetInt64());
        Assert.Equal([9u, Last - 1u],
            report.GetProperty("bad").EnumerateArray().Select(page => page.GetProperty("block").GetUInt32()));
        JsonElement error = Assert.Single(report.GetProperty("errors").EnumerateArray());
        string message = error.GetProperty("message").GetString()!;
        Assert.Contains($"block {unreadable[0]} in", message, StringComparison.Ordinal);
        if (unreadable.Length > 1)
            Assert.EndsWith($"In all {unreadable.Length} blocks cannot be read: {string.Join(", ", unreadable)}",
                message, StringComparison.Ordinal);
        Assert.Contains(message, errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_NoBlockReadable_IsOneErrorThatNamesTheFirstBlocks()
    {
        using SmallCluster copy = new(cluster);
        (int code, JsonElement report, _) =
            Run(copy.InCopy(SmallCluster.Table), "sync", [.. Enumerable.Range(0, SmallCluster.TableBlocks)]);

        Assert.Equal(2, code);
        Assert.Equal(1, report.GetProperty("files_scanned").GetInt64());
        Assert.Equal(0, report.GetProperty("blocks_scanned").GetInt64());
        JsonElement error = Assert.Single(report.GetProperty("errors").EnumerateArray());
        string message = error.GetProperty("message").GetString()!;
        Assert.EndsWith($"In all {SmallCluster.TableBlocks} blocks cannot be read: "
            + $"{string.Join(", ", Enumerable.Range(0, 16))} …", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(61)]
    [InlineData(74)]
    [InlineData(84)]
    [InlineData(121)]
    public void Verify_DirectReadOfABadSector_GoesOnPastIt(int errno)
    {
        using SmallCluster copy = new(cluster);

        (int code, JsonElement report, _) =
            Run(copy.InCopy(SmallCluster.Table), "sync", [3, 70], errno: (Errno)errno);

        Assert.Equal(2, code);
        Assert.Equal(SmallCluster.TableBlocks - 2, report.GetProperty("blocks_scanned").GetInt64());
        string message = Assert.Single(report.GetProperty("errors").EnumerateArray())
            .GetProperty("message").GetString()!;
        Assert.Contains($"(errno {errno})", message, StringComparison.Ordinal);
        Assert.EndsWith("In all 2 blocks cannot be read: 3, 70", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_FileThatShrinksBehindAnUnreadableBlock_IsToldOfBoth()
    {
        using SmallCluster copy = new(cluster);
        string path = copy.InCopy(SmallCluster.Table);
        (int code, JsonElement report, _) = Run(path, "sync", [3], afterRead: () =>
        {
            using FileStream file = File.OpenWrite(path);
            file.SetLength(100 * PageBytes);
        });

        Assert.Equal(2, code);
        Assert.Equal(99, report.GetProperty("blocks_scanned").GetInt64());
        string[] messages = [.. report.GetProperty("errors").EnumerateArray().Select(
            error => error.GetProperty("message").GetString()!)];
        Assert.Equal(2, messages.Length);
        Assert.Contains(messages, message => message.Contains("block 3 in", StringComparison.Ordinal));
        Assert.Contains(messages, message => message.Contains("ends before block 100", StringComparison.Ordinal));
    }

    private static (int Code, JsonElement Report, string Errors) Run(
        string path, string method, int[] unreadable, Action? afterRead = null,
        Errno errno = Errno.InputOutput)
    {
        ScriptedHoldPoints points = new();
        points[HoldPoint.RawResult] = (in IoHandleView handle, ref int result) =>
        {
            long first = handle.Offset / PageBytes;
            long count = handle.Length / PageBytes;
            if (unreadable.Any(block => first <= block && block < first + count))
                result = -(int)errno;
            afterRead?.Invoke();
        };
        using StringWriter output = new();
        using StringWriter errors = new();
        Command command =
            VerifyCommand.Create(new ToolTerminal(output, errors), CancellationToken.None, points);
        int code = command.Parse([path, "--json", "--io-method", method, "--io-direct", "off"]).Invoke();
        using JsonDocument report = JsonDocument.Parse(output.ToString());
        return (code, report.RootElement.Clone(), errors.ToString());
    }
}
