using System.Diagnostics;
using System.Text;
using Shared;

namespace Forebay.Tests.Tool;

/// <summary>
/// The tool as a process that runs for as long as it is needed: what it prints is waited for, never a time.
/// </summary>
internal sealed class ToolProcess : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task _collected;
    private readonly StringBuilder _seen = new();
    private readonly Lock _gate = new();

    private ToolProcess(Process process)
    {
        _process = process;
        _collected = Task.WhenAll(Collect(process.StandardOutput), Collect(process.StandardError));
    }

    public int Id => _process.Id;

    /// <summary>All that it has printed, on both of its streams.</summary>
    public string Seen
    {
        get
        {
            lock (_gate)
                return _seen.ToString();
        }
    }

    public static ToolProcess Start(params string[] args) => Of("dotnet", [Tool, .. args]);

    /// <summary>On a pseudo-terminal.</summary>
    public static ToolProcess StartOnTerminal(params string[] args)
    {
        string command = string.Join(' ', ((string[])["dotnet", Tool, .. args]).Select(word => $"'{word}'"));
        return Of("script", ["-qec", command, "/dev/null"]);
    }

    /// <summary>As a user that has nothing.</summary>
    public static ToolProcess StartAsNobody(params string[] args) => Of("setpriv",
        ["--reuid=65534", "--regid=65534", "--clear-groups", "--", "dotnet", Tool, .. args]);

    /// <summary>Waits until it has printed something.</summary>
    public void Until(string text) => Assert.True(
        SpinWait.SpinUntil(() => Seen.Contains(text, StringComparison.Ordinal) || _process.HasExited, s_patience)
            && SpinWait.SpinUntil(() => Seen.Contains(text, StringComparison.Ordinal), TimeSpan.FromSeconds(5)),
        $"'{text}' did not come: {Seen}");

    /// <summary>Types something.</summary>
    public void Type(string keys)
    {
        _process.StandardInput.Write(keys);
        _process.StandardInput.Flush();
    }

    public void Signal(string name)
    {
        using Process kill = Process.Start("kill", [$"-{name}", _process.Id.ToString()]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Waits for its end, and for all that it has printed.</summary>
    public int End()
    {
        Assert.True(_process.WaitForExit(s_patience), $"it does not end: {Seen}");
        Background.Join(_collected);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private static string Tool => Path.Combine(AppContext.BaseDirectory, "Forebay.Tool.dll");

    private static ToolProcess Of(string program, string[] args)
    {
        ProcessStartInfo start = new(program, args)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.Environment["TERM"] = "xterm";
        return new ToolProcess(Process.Start(start)!);
    }

    private async Task Collect(StreamReader reader)
    {
        char[] buffer = new char[4096];
        while (await reader.ReadAsync(buffer) is var count and > 0)
        {
            lock (_gate)
                _seen.Append(buffer, 0, count);
        }
    }
}
