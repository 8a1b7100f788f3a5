using System.Diagnostics;
using Forebay.Interop;
using Forebay.Processes;

namespace Forebay.Takeover;

/// <summary>What one process knows of another one in a slot of the table. For the thread that watches.</summary>
internal sealed class WatchedProcess : IDisposable
{
    private const int QuickTries = 40;
    private const int AgainMs = 5;
    private const int SlowMs = 50;

    private long _seenGoneAt;
    private int _tries;
    private long _awaitsRingsSince;

    private WatchedProcess(uint generation, ProcessDescriptor? descriptor, bool isGone, bool isCertain)
    {
        (Generation, Descriptor, IsCertain) = (generation, descriptor, isCertain);
        if (isGone)
            MarkGone();
    }

    /// <summary>The use of the slot.</summary>
    public uint Generation { get; }

    /// <summary>Readable once the process is gone; there is one unless it is gone already.</summary>
    public ProcessDescriptor? Descriptor { get; }

    /// <summary>Whether it was told who it is, so that it need not be looked for again.</summary>
    public bool IsCertain { get; }

    /// <summary>Whether all of its threads are over.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Whether nothing is left to be taken over but what its rings hold.</summary>
    public bool AwaitsRings => _awaitsRingsSince != 0;

    /// <summary>Whether it was told that its rings are late.</summary>
    public bool IsReported { get; set; }

    /// <summary>One that somebody else has found dead.</summary>
    public static WatchedProcess Gone(uint generation) => new(generation, null, isGone: true, isCertain: true);

    /// <summary>
    /// Looks for the process of a slot. A number alone may by now be another process's: when it was started tells. What
    /// cannot be told (this process may have no descriptor left) is no death.
    /// </summary>
    public static WatchedProcess Open(in ProcessRecord record, uint generation)
    {
        ProcessDescriptor? descriptor = ProcessDescriptor.TryOpen(record.Process, out bool isNone);
        if (descriptor is null)
            return new WatchedProcess(generation, null, isNone, isCertain: isNone);
        long startTime = ProcessCalls.StartTime(record.Process); // behind the opening: of the one that it is of
        bool isAnother = startTime != 0 && record.StartTime != 0 && startTime != record.StartTime;
        bool isGone = descriptor.IsGone() || isAnother;
        return new WatchedProcess(generation, descriptor, isGone, isCertain: isGone || startTime != 0);
    }

    /// <summary>Looks whether it is gone.</summary>
    /// <returns>Whether it is.</returns>
    public bool Look()
    {
        if (Descriptor is { } descriptor && descriptor.IsGone())
            MarkGone();
        return IsGone;
    }

    /// <summary>
    /// In how many milliseconds it is tried again: soon, and after a while less often. Then somebody who lives, but
    /// does not run, has something that the takeover has to wait for.
    /// </summary>
    public int TryAgainMs => _tries++ < QuickTries ? AgainMs : SlowMs;

    /// <summary>How often it was to be tried again.</summary>
    public int Tries => _tries;

    /// <summary>From here on only its rings are waited for.</summary>
    public void AwaitRings()
    {
        if (_awaitsRingsSince == 0)
            _awaitsRingsSince = Stopwatch.GetTimestamp();
    }

    /// <summary>Milliseconds since it was seen to be gone, and since only its rings are waited for.</summary>
    public (double Gone, double Rings) Ages() => (
        Stopwatch.GetElapsedTime(_seenGoneAt).TotalMilliseconds,
        AwaitsRings ? Stopwatch.GetElapsedTime(_awaitsRingsSince).TotalMilliseconds : 0);

    /// <inheritdoc/>
    public void Dispose() => Descriptor?.Dispose();

    /// <summary>It is gone for the instance, whatever its number says.</summary>
    public void MarkGone()
    {
        IsGone = true;
        _seenGoneAt = Stopwatch.GetTimestamp();
    }
}
