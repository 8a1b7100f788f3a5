using Forebay.Handles;
using Forebay.Processes;

namespace Forebay.Engine;

/// <summary>
/// The thread of a process that others can ask for something, through its slot in the segment: to look after its rings
/// while they wait for an operation there, and to resume its asynchronous waits when they have moved what those wait
/// for. There is one only where an instance is shared.
/// </summary>
/// <remarks>
/// A wish holds for a second: while there are new ones the method is told that somebody awaits, so that its completions
/// are drained without helpers. Who still waits asks again. Waits that hang on other processes are resumed every 100 ms
/// as well: they look, ask again and sleep on.
/// </remarks>
internal sealed class ProcessHelper : IDisposable
{
    /// <summary>Name of the thread.</summary>
    public const string ThreadName = "forebay-helper";

    private const int WishMs = 1000;
    private const int IdleMs = 1000;

    private readonly IoEngine _engine;
    private readonly ProcessTable _processes;
    private readonly AsyncWaiters _operations;
    private readonly Func<int, bool> _mayHaveMoved;
    private readonly Thread _thread;
    private long _wokenAllAt;
    private AsyncWaiters[] _others = [];
    private bool _stopping;

    /// <summary>Starts the thread when the engine is complete.</summary>
    public ProcessHelper(IoEngine engine, AsyncWaiters operations)
    {
        _engine = engine;
        _processes = engine.Processes;
        _operations = operations;
        _mayHaveMoved = MayHaveMoved;
        _thread = new Thread(Run) { IsBackground = true, Name = ThreadName };
    }

    /// <summary>Begins.</summary>
    public void Start() => _thread.UnsafeStart();

    /// <summary>Looks after waits at something else than operations as well.</summary>
    public void LookAfter(AsyncWaiters waiters) =>
        Volatile.Write(ref _others, [.. _others, waiters]); // release: the array is complete when it is seen

    /// <summary>Ends the thread; nobody here awaits anything any more.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _stopping, true); // release: before the signal, so that who is woken sees it
        _processes.Signal(_processes.Own);
        _thread.Join();
    }

    private void Run()
    {
        ref ProcessRecord record = ref _processes[_processes.Own];
        int granted = Volatile.Read(ref record.HelpWanted); // wishes to who had the slot before
        long wishedAt = 0;
        bool isHelping = false;
        while (true)
        {
            int ticket = _processes.HelperTicket;
            if (Volatile.Read(ref _stopping)) // acquire: set before the signal that made us look
                break;
            long now = Environment.TickCount64;
            int wanted = Volatile.Read(ref record.HelpWanted); // behind the ticket: a later wish moves that
            if (wanted != granted)
            {
                granted = wanted;
                wishedAt = now;
                if (!isHelping)
                    _engine.Method.BeginAwait();
                isHelping = true;
            }
            else if (isHelping && now - wishedAt >= WishMs)
            {
                _engine.Method.EndAwait();
                isHelping = false;
            }

            _processes.CountLive();
            bool isAwaited = Volatile.Read(ref record.AsyncWaiting) > 0; // behind the ticket, as above
            if (isAwaited)
                Resume();
            _processes.SleepHelper(ticket, isAwaited || isHelping ? IoEngine.LookAgainMs : IdleMs);
        }

        if (isHelping)
            _engine.Method.EndAwait();
    }

    private void Resume()
    {
        _engine.NudgeMethod();
        long now = Environment.TickCount64;
        bool isTime = now - _wokenAllAt >= IoEngine.LookAgainMs;
        if (isTime)
            _wokenAllAt = now;
        _operations.WakeAll(isTime ? null : _mayHaveMoved);
        foreach (AsyncWaiters waiters in Volatile.Read(ref _others)) // acquire: as in LookAfter
            waiters.WakeAll();
    }

    // What this process executes itself wakes its waits itself. (A wait for the use before may be among them, which is
    // why all are woken from time to time.)
    private bool MayHaveMoved(int index)
    {
        ref IoHandle handle = ref _engine.Handles[index];
        return handle.Word.State != IoHandleState.Submitted || handle.Executor != _processes.Own + 1;
    }
}
