using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Forebay.Tests.Processes;

/// <summary>A member of a shared instance as a process of its own.</summary>
internal sealed partial class HostProcess : IDisposable
{
    private const int Killed = 128 + 9;
    private const int ContinueSignal = 18;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task<string> _errors;

    public HostProcess(SharedScenario scenario, IoMethod method, string work, int operations, int seed,
        int sessions = 2, int poolPages = 64, params string[] through)
        : this("Forebay.SharingHost", Words(scenario, method, work, operations, seed, sessions, poolPages), through)
    {
    }

    /// <summary>Another program that takes orders.</summary>
    public HostProcess(string program, IEnumerable<string> arguments, params string[] through)
    {
        // Compiled ahead of time, for long runs, it starts several times as fast: FOREBAY_HOST is then its path, or
        // FOREBAY_POINTS_HOST that of the one which dies at points.
        string? compiled = Environment.GetEnvironmentVariable(
            program == "Forebay.SharingHost" ? "FOREBAY_HOST" : "FOREBAY_POINTS_HOST");
        string[] host = compiled is null
            ? [.. through, "dotnet", Path.Combine(AppContext.BaseDirectory, program + ".dll")]
            : [.. through, compiled];
        ProcessStartInfo start = new(host[0], host[1..].Concat(arguments))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_TieredPGO"] = "0";
        _process = Process.Start(start)!;
        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>The words that each member is told.</summary>
    public static string[] Words(SharedScenario scenario, IoMethod method, string work, int operations, int seed,
        int sessions, int poolPages) =>
    [
        scenario.DataDirectory, scenario.Folder.Path, SharedScenario.Name, method.ToString(), work, Text(operations),
        Text(seed), Text(sessions), Text(poolPages),
    ];

    public int Id => _process.Id;

    public long Reads { get; private set; }

    public long Changes { get; private set; }

    public void UntilReady() => UntilSaid("ready");

    /// <summary>Its next line has to be this one.</summary>
    public void UntilSaid(string line) => Assert.Equal(line, NextLine());

    public void Go() => _process.StandardInput.WriteLine("go");

    /// <summary>Work that goes on until it is told to end does.</summary>
    public void End() => _process.StandardInput.WriteLine("end");

    public bool HasExited => _process.HasExited;

    /// <summary>What it said on its way out; waits for its end.</summary>
    public string ReadErrors() => _errors.Result;

    /// <summary>Its next line; null = it has ended without.</summary>
    public string? NextLineOrNull()
    {
        Task<string?> line = _process.StandardOutput.ReadLineAsync();
        Assert.True(line.Wait(s_patience), "a member says nothing");
        return line.Result;
    }

    /// <summary>Ends it where it stands, at once; it may not be gone yet.</summary>
    public void Strike() => _process.Kill();

    /// <summary>Waits until none of its threads takes a step any more.</summary>
    public void UntilStopped()
    {
        string tasks = string.Create(CultureInfo.InvariantCulture, $"/proc/{Id}/task");
        Assert.True(SpinWait.SpinUntil(() => Directory.EnumerateDirectories(tasks).All(IsStopped), s_patience),
            "a member does not stop");
    }

    /// <summary>A stopped one goes on.</summary>
    public void Continue() => Assert.Equal(0, Send(Id, ContinueSignal));

    /// <summary>Waits for its work's end; fails with what it said if it failed.</summary>
    public void UntilDone()
    {
        string line = NextLine();
        string[] words = line.Split(' ', '=');
        Assert.True(words is ["done", "reads", _, "changes", _], line);
        Reads = long.Parse(words[2], CultureInfo.InvariantCulture);
        Changes = long.Parse(words[4], CultureInfo.InvariantCulture);
    }

    public void UntilGone()
    {
        Assert.True(_process.WaitForExit(s_patience), "a member does not end");
        Assert.True(_process.ExitCode == 0, $"exit code {_process.ExitCode}: {_errors.Result}");
    }

    /// <summary>Waits until it is gone, as one that was killed.</summary>
    public void UntilKilled()
    {
        Assert.True(_process.WaitForExit(s_patience), "a member does not end");
        Assert.Equal(Killed, _process.ExitCode);
    }

    /// <summary>Ends it where it stands.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static bool IsStopped(string task)
    {
        try
        {
            string line = File.ReadAllText(Path.Combine(task, "stat"));
            return line[line.LastIndexOf(')')..].StartsWith(") T", StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is IOException)
        {
            return true; // it has just ended
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Send(int process, int signal);

    private string NextLine()
    {
        Task<string?> line = _process.StandardOutput.ReadLineAsync();
        Assert.True(line.Wait(s_patience), "a member says nothing");
        return line.Result ?? throw new InvalidOperationException($"A member has ended: {_errors.Result}");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
