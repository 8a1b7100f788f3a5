using System.Diagnostics;

namespace Forebay.Tests.Tool;

/// <summary>The tool, or a sample, as a process of its own.</summary>
internal sealed class ProcessRun : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    private ProcessRun(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _errors = process.StandardError.ReadToEndAsync();
    }

    public int Id => _process.Id;

    /// <summary>Starts a program that lies beside the tests.</summary>
    public static ProcessRun Start(string assembly, params string[] args) =>
        StartProgram("dotnet", [Path.Combine(AppContext.BaseDirectory, assembly), .. args]);

    /// <summary>
    /// As <see cref="Start"/> on a pseudo-terminal: both of its streams are one, and come back as the output.
    /// </summary>
    public static ProcessRun StartOnTerminal(string assembly, params string[] args)
    {
        string[] words = ["dotnet", Path.Combine(AppContext.BaseDirectory, assembly), .. args];
        string command = string.Join(' ', words.Select(word => $"'{word}'"));
        return StartProgram("script", ["-qec", command, "/dev/null"]);
    }

    /// <summary>Starts a command line of the shell.</summary>
    public static ProcessRun StartShell(string command) => StartProgram("bash", ["-c", command]);

    private static ProcessRun StartProgram(string program, string[] args)
    {
        ProcessStartInfo start = new(program, args)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        Process process = Process.Start(start)!;
        process.StandardInput.Close();
        return new ProcessRun(process);
    }

    /// <summary>Sends a signal, by its name.</summary>
    public void Signal(string name)
    {
        using Process kill = Process.Start("kill", [$"-{name}", _process.Id.ToString()]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Waits for its end.</summary>
    public async Task<(int Code, string Output, string Errors)> EndAsync()
    {
        string output = await _output;
        string errors = await _errors;
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (_process.ExitCode, output, errors);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
