using System.Runtime.ExceptionServices;

namespace Forebay.Tool.Verifying;

/// <summary>Verifies files, a few at a time.</summary>
/// <param name="inputs">The files.</param>
/// <param name="instances">What they are read through.</param>
/// <param name="tally">Takes what is found.</param>
/// <param name="beforeFile">A test's hold point before each file is opened, or null.</param>
internal sealed class Verifier(
    VerifyInputs inputs, VerifyInstances instances, VerifyTally tally, Action<VerifyInput>? beforeFile = null)
{
    private int _next;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Verifies them all.</summary>
    /// <param name="lanes">Files at a time.</param>
    /// <param name="interruption">Ends it early.</param>
    /// <exception cref="OperationCanceledException">It was interrupted.</exception>
    public void Run(int lanes, CancellationToken interruption)
    {
        Thread[] others = new Thread[Math.Max(0, Math.Min(lanes, inputs.Files.Count) - 1)];
        for (int i = 0; i < others.Length; i++)
        {
            others[i] = new Thread(() => RunLane(interruption)) { IsBackground = true, Name = $"verify {i + 1}" };
            others[i].Start();
        }

        RunLane(interruption);
        foreach (Thread other in others)
            other.Join();
        _failure?.Throw();
    }

    private void RunLane(CancellationToken interruption)
    {
        try
        {
            using VerifyLane lane = new(instances, tally);
            while (Next() is { } input)
            {
                interruption.ThrowIfCancellationRequested();
                beforeFile?.Invoke(input);
                lane.Verify(input, interruption);
            }
        }
#pragma warning disable CA1031 // raised again where the lanes come together
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(failure), null);
            Volatile.Write(ref _next, inputs.Files.Count);
        }
    }

    private VerifyInput? Next()
    {
        int index = Interlocked.Increment(ref _next) - 1;
        return index >= 0 && index < inputs.Files.Count ? inputs.Files[index] : null;
    }
}
