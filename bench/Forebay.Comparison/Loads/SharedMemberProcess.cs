using System.Diagnostics;
using System.Globalization;

namespace Forebay.Comparison.Loads;

/// <summary>Our end of a <see cref="SharedMember"/>; it ends with this process, whose end closes its input.</summary>
internal sealed class SharedMemberProcess
{
    private readonly Process _process;

    public SharedMemberProcess()
    {
        ProcessStartInfo start = new(Environment.ProcessPath!, [SharedMember.Verb])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start) ?? throw new InvalidOperationException("The other process did not start.");
    }

    public void Attach(string folder, string name, int processes, int begin, int end)
    {
        Say(string.Create(CultureInfo.InvariantCulture, $"attach\t{folder}\t{name}\t{processes}\t{begin}\t{end}"));
        Expect("ready");
    }

    /// <summary>It begins, at once; <see cref="Result"/> waits for its end.</summary>
    public void Go(double seconds) => Say(string.Create(CultureInfo.InvariantCulture, $"go\t{seconds:R}"));

    public (long Pages, double CpuSeconds) Result()
    {
        string[] words = Hear().Split('\t');
        return (long.Parse(words[0], CultureInfo.InvariantCulture),
            double.Parse(words[1], CultureInfo.InvariantCulture));
    }

    public void Leave()
    {
        Say("leave");
        Expect("left");
    }

    private void Say(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    private string Hear() => _process.StandardOutput.ReadLine()
        ?? throw new InvalidOperationException($"The other process has ended with {Ended()}.");

    private void Expect(string line)
    {
        if (Hear() is var heard && heard != line)
            throw new InvalidOperationException($"The other process said '{heard}' instead of '{line}'.");
    }

    private int Ended()
    {
        _process.WaitForExit();
        return _process.ExitCode;
    }
}
