using Forebay.Telemetry;

namespace Forebay.Methods.Worker;

/// <summary>
/// The thread that starts workers, lets them go and joins them: the only one that owns threads, so that neither a
/// submitter nor a worker ever pays for it. Sleeps on a word in the segment until the next decision is due: in
/// real time by the sleep's own limit, which needs neither a timer nor the thread pool; under another clock a timer of
/// that clock moves the word. Progress of operations never depends on it.
/// </summary>
internal sealed class WorkerSupervisor : IDisposable
{
    private readonly WorkerQueue _queue;
    private readonly WorkerExecution _execution;
    private readonly WorkerScaling _scaling;
    private readonly Func<string, ThreadStart, Thread> _startThread;
    private readonly Thread?[] _threads = new Thread?[WorkerOptions.WorkersLimit];
    private readonly Lock _gate = new();
    private readonly ITimer? _timer; // null = real time
    private readonly Thread _thread;
    private WorkerOptions _options;
    private bool _stopping;
    private bool _stopped;

    /// <summary>Starts the supervisor, which starts the first workers.</summary>
    public WorkerSupervisor(
        WorkerQueue queue,
        WorkerExecution execution,
        WorkerOptions options,
        TimeProvider time,
        Func<string, ThreadStart, Thread>? startThread)
    {
        _queue = queue;
        _execution = execution;
        _options = options;
        _scaling = new WorkerScaling(time);
        _startThread = startThread ?? StartThread;
        if (time != TimeProvider.System)
        {
            _timer = time.CreateTimer(
                static state => ((WorkerSupervisor)state!).OnTimer(), this,
                Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        _thread = StartThread("forebay-io-supervisor", Run);
    }

    /// <summary>The settings in force.</summary>
    public WorkerOptions Options
    {
        get => Volatile.Read(ref _options); // acquire: the record's contents come with its reference
        set
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_stopped, this);
                Volatile.Write(ref _options, value); // release: before the signal, so that who is woken sees it
                _queue.SetMaxWorkers(value.MaxWorkers);
                _queue.SignalSupervisor();
            }
        }
    }

    /// <summary>
    /// Lets all workers go, who execute first what is queued; returns when their threads and this one have ended.
    /// </summary>
    public void Dispose()
    {
        Volatile.Write(ref _stopping, true); // release: before the signal, so that who is woken sees it
        _queue.SignalSupervisor();
        _thread.Join();
        _timer?.Dispose();
        lock (_gate)
            _stopped = true; // a timer call that is still under way finds this, and not a segment that is gone
    }

    private void OnTimer()
    {
        lock (_gate)
        {
            if (!_stopped)
                _queue.SignalSupervisor();
        }
    }

    private void Run()
    {
        // Here, not where the method is opened: the queue's lock may be that of a dead process, and who takes over
        // from it only does so once all is open.
        lock (_gate)
            _queue.SetMaxWorkers(_options.MaxWorkers);
        while (true)
        {
            int ticket = _queue.SupervisorTicket;
            if (Volatile.Read(ref _stopping)) // acquire: set before the signal that made us look
                break;
            WorkerOptions options = Options;
            WorkerPoolReading pool = _queue.ReadPool();
            JoinLeft(pool.Reserved);
            WorkerScalingDecision decision = _scaling.Decide(pool, options);
            switch (decision.Action)
            {
                case WorkerScalingAction.Launch:
                    if (TryLaunch())
                        _scaling.NoteLaunched(pool, options);
                    else
                        _scaling.NoteLaunchRefused(options);
                    break;
                case WorkerScalingAction.Dismiss:
                    _queue.Dismiss(1u << pool.Highest);
                    break;
                case WorkerScalingAction.DismissIdle:
                    _queue.DismissIfIdle(pool.Highest, pool.HighestIdleSince);
                    break;
                case WorkerScalingAction.Wait:
                    if (_queue.MaySleep(pool.GrowWanted, decision.GrowthGated))
                        Sleep(ticket, decision.Delay);
                    break;
            }
        }

        _queue.SetMaxWorkers(0); // its part: the others ask for as many as they may have
        _queue.Dismiss(~0u);
        JoinLeft(stillThere: 0);
    }

    private void Sleep(int ticket, TimeSpan delay)
    {
        // Whole milliseconds, upwards: a sleep that ends early by a fraction would make us look again and again. No
        // more than a timer takes: growth may be held off for years, then we look once a month in between.
        long dueMs = delay == Timeout.InfiniteTimeSpan
            ? Timeout.Infinite
            : (long)Math.Min(Math.Ceiling(delay.TotalMilliseconds), int.MaxValue);
        _timer?.Change(TimeSpan.FromMilliseconds(dueMs), Timeout.InfiniteTimeSpan);
        _queue.SleepSupervisor(ticket, _timer is null ? dueMs : Timeout.Infinite);
    }

    private bool TryLaunch()
    {
        int id = _queue.Reserve();
        if (id < 0)
            return false; // leaving workers hold the ids; each of them signals when it is gone
        _threads[id]?.Join(); // it gave its id back as the last thing it did
        try
        {
            _threads[id] = _startThread($"forebay-io-worker-{id}", new IoWorker(id, _queue, _execution).Run);
            ForebayEventSource.Log.WorkerStarted(id);
            return true;
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
        {
            _threads[id] = null;
            _queue.Unreserve(id);
            _queue.CountLaunchFailure();
            _execution.Remember(exception);
            return false;
        }
    }

    private void JoinLeft(uint stillThere)
    {
        for (int id = 0; id < _threads.Length; id++)
        {
            if ((stillThere >> id & 1) != 0 || _threads[id] is not { } thread)
                continue;
            thread.Join();
            _threads[id] = null;
            ForebayEventSource.Log.WorkerEnded(id);
        }
    }

    private static Thread StartThread(string name, ThreadStart body)
    {
        Thread thread = new(body) { Name = name, IsBackground = true };
        thread.UnsafeStart(); // no caller's context: the thread serves everybody
        return thread;
    }
}
