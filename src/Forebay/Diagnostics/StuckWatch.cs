using System.Globalization;
using Forebay.Handles;
using Forebay.Telemetry;

namespace Forebay.Diagnostics;

/// <summary>
/// Looks now and then for operations that were submitted long ago and are not over, and reports each once: a disk that
/// hangs, a process that was stopped. A timer of the instance's clock, no thread of its own. Reads handles as the views
/// do, so that nobody is slowed down by being watched.
/// </summary>
internal sealed class StuckWatch : IDisposable
{
    /// <summary>Kind of the notice.</summary>
    public const string NoticeKind = "io-stuck";

    private const int LooksPerThreshold = 6;

    private static readonly TimeSpan s_periodMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_periodMin = TimeSpan.FromMilliseconds(1);

    private readonly InFlightView _view;
    private readonly ViewGate _gate;
    private readonly Notices _notices;
    private readonly TimeProvider _time;
    private readonly TimeSpan _threshold;
    private readonly Lock _looking = new();
    private Dictionary<(int Handle, long Generation), Suspect> _suspects = [];
    private Dictionary<(int Handle, long Generation), Suspect> _next = [];
    private readonly ITimer _timer;
    private long _reported;

    /// <summary>Begins to watch.</summary>
    public StuckWatch(InFlightView view, ViewGate gate, Notices notices, TimeProvider time, TimeSpan threshold)
    {
        _view = view;
        _gate = gate;
        _notices = notices;
        _time = time;
        _threshold = threshold;
        TimeSpan period = threshold / LooksPerThreshold;
        period = period > s_periodMax ? s_periodMax : period;
        period = period < s_periodMin ? s_periodMin : period;
        _timer = time.CreateTimer(static state => ((StuckWatch)state!).Look(), this, period, period);
    }

    /// <summary>Operations reported so far.</summary>
    public long Reported => Volatile.Read(ref _reported); // a count; orders nothing

    /// <summary>Ends the watch; a look that is under way comes to its end.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        lock (_looking)
            _suspects.Clear();
    }

    private void Look()
    {
        // A look that takes longer than a period, since a receiver of notices does, is not overtaken by the next.
        if (!_looking.TryEnter())
            return;
        try
        {
            List<InFlightOperation> seen = _gate.LookOr(_view.TakeSubmitted, []);
            long now = _time.GetTimestamp();
            foreach (InFlightOperation operation in seen)
                Consider(operation, now);
            (_suspects, _next) = (_next, _suspects);
            _next.Clear();
        }
        finally
        {
            _looking.Exit();
        }
    }

    // Its age is known since the submission by the system's clock, and since it was first seen by the watch's own.
    private void Consider(InFlightOperation operation, long now)
    {
        (int, long) key = (operation.Handle, operation.Generation);
        if (!_suspects.TryGetValue(key, out Suspect suspect))
            suspect = new Suspect(now, IsReported: false);
        TimeSpan age = _time.GetElapsedTime(suspect.FirstSeen, now);
        if (operation.Age is { } since && since > age)
            age = since;
        if (!suspect.IsReported && age >= _threshold)
        {
            suspect = suspect with { IsReported = true };
            Report(operation, age);
        }

        _next[key] = suspect;
    }

    private void Report(InFlightOperation operation, TimeSpan age)
    {
        Interlocked.Increment(ref _reported); // a count; orders nothing
        string target = operation.TargetDescription ?? "?";
        ForebayEventSource.Log.IoStuck(operation.Handle, operation.Session, operation.Process, operation.Thread, target,
            operation.Offset ?? 0, (long)age.TotalMilliseconds);
        _notices.RaiseGuarded(NoticeKind, string.Create(CultureInfo.InvariantCulture,
            $"I/O handle {operation.Handle} has been waiting for {age.TotalSeconds:0.0} s: "
            + $"{Word(operation.Operation)} of {operation.Length} bytes at offset {operation.Offset}, {target}; "
            + $"issued by session {operation.Session} of process {operation.Process}, thread {operation.Thread}."));
    }

    private static string Word(IoOperation operation) => operation switch
    {
        IoOperation.ReadVector => "a read",
        IoOperation.WriteVector => "a write",
        IoOperation.SyncData or IoOperation.Sync => "a sync",
        IoOperation.None or _ => "an operation",
    };

    private readonly record struct Suspect(long FirstSeen, bool IsReported);
}
