using System.Text;
using System.Text.Json;
using Forebay.Tool;
using Forebay.Tool.Output;

namespace Forebay.Tests.Tool;

/// <summary>One command line, run inside the test's process, and what came of it.</summary>
internal sealed class ToolRun
{
    private static readonly UTF8Encoding s_plain = new(encoderShouldEmitUTF8Identifier: false);

    private ToolRun(int code, byte[] bytes, string errors)
    {
        Code = code;
        Bytes = bytes;
        Errors = errors;
    }

    public int Code { get; }

    /// <summary>What came on stdout.</summary>
    public byte[] Bytes { get; }

    public string Output => s_plain.GetString(Bytes);

    public string Errors { get; }

    /// <summary>Lines on stderr.</summary>
    public string[] ErrorLines => Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The one JSON object on stdout.</summary>
    public JsonElement Json
    {
        get
        {
            using JsonDocument document = JsonDocument.Parse(Output);
            Assert.Equal(JsonValueKind.Object, document.RootElement.ValueKind);
            return document.RootElement.Clone();
        }
    }

    public static ToolRun Of(params string[] args) => Of(CancellationToken.None, args);

    public static ToolRun Of(CancellationToken interruption, params string[] args)
    {
        using MemoryStream bytes = new();
        using StreamWriter output = new(bytes, s_plain) { AutoFlush = true };
        using StringWriter errors = new();
        int code = ToolApp.Run(args, new ToolTerminal(output, errors) { OpenOut = () => bytes }, interruption);
        return new ToolRun(code, bytes.ToArray(), errors.ToString());
    }

    /// <summary>The command could not run: one line on stderr, nothing on stdout.</summary>
    public void AssertRefused(string expected)
    {
        Assert.Equal(2, Code);
        Assert.Equal("", Output);
        string line = Assert.Single(ErrorLines);
        Assert.Contains(expected, line, StringComparison.Ordinal);
    }
}
