using Forebay.Handles;
using Forebay.Interop;
using Forebay.Methods;
using Forebay.Primitives;

namespace Forebay.Engine;

/// <summary>
/// What changes where other processes work on the same handles. A handle says who executes it; that process has the
/// file open, drains the ring, and brings the raw result. Everybody else sleeps on the handle's wait word, which all
/// processes share, and looks again from time to time, since whoever is to wake it may be gone.
/// <code>
///   issuer      staged without a file: a descriptor means nothing to the process that will execute it
///   claimer     opens the file here, says so in Executor, hands it to its method
///   waiter      executed here: helps, as always.  Elsewhere: asks that process's helper, sleeps
///   completer   wakes sleepers everywhere at once; asynchronous waits of others by way of their helpers
/// </code>
/// </summary>
internal sealed partial class IoEngine
{
    /// <summary>How long a wait sleeps before it looks again, where there are other processes.</summary>
    internal const int LookAgainMs = 100;

    private readonly bool _isShared;
    private readonly ISharedMethod? _sharedMethod;
    private readonly ProcessHelper? _helper;

    /// <summary>Whether other processes may work on the same handles.</summary>
    internal bool IsShared => _isShared;

    /// <summary>Longest sleep of a wait; negative = no limit.</summary>
    internal int SleepMs => _isShared ? LookAgainMs : -1;

    /// <summary>The method's part of a takeover; null = it has none.</summary>
    internal ISharedMethod? SharedMethod => _sharedMethod;

    /// <summary>Asynchronous waits at something else than handles, for the helper to look after as well.</summary>
    internal void LookAfter(AsyncWaiters waiters) => _helper?.LookAfter(waiters);

    /// <summary>Gives back the lease of an operation that is about to be defined: who executes it opens anew.</summary>
    internal FileLease DropLease(int index, FileLease file)
    {
        byte target = Handles[index].TargetId;
        if (target == 0)
            return file; // refused before anything happens; the lease stays the caller's
        Targets[target].Release(file);
        return FileLease.None;
    }

    /// <summary>Waits for what this process executes, for whomever; it has no session of its own any more.</summary>
    internal void FinishForOthers()
    {
        if (!_isShared)
            return;
        for (int index = 0; index < Handles.Count; index++)
        {
            ref IoHandle handle = ref Handles[index];
            IoHandleWord word = handle.Word;
            if (word.State == IoHandleState.Submitted && handle.Executor == ProcessSlot + 1)
                WaitCore(index, word.Generation);
        }
    }

    // Process slot plus one of another process that executes it; 0 = it is this one's to execute or to help along. Read
    // once: its next use may begin at any moment.
    private int ExecutorElsewhere(ref IoHandle handle)
    {
        if (!_isShared)
            return 0;
        int executor = Volatile.Read(ref handle.Executor); // acquire: for a handle that is Submitted it came with that
        return executor == ProcessSlot + 1 ? 0 : executor;
    }

    // Memory that only the issuing process has.
    private bool IsBeyondReach(int index) =>
        (Handles[index].Flags & IoHandleFlags.ReferencesLocal) != 0
        && Volatile.Read(ref _slots[Handles[index].Owner]) != ProcessSlot + 1; // stable while its operation is staged

    /// <summary>Hands claimed operations to the method, each with its file open in this process.</summary>
    private void SubmitOpened(ReadOnlySpan<int> claimed, int stripe)
    {
        if (!Method.NeedsHelp)
        {
            Method.Submit(claimed, stripe); // workers open what they take
            return;
        }

        Span<int> ready = stackalloc int[IoEngineSettings.BatchMax];
        int count = 0;
        foreach (int handle in claimed)
        {
            ref IoHandle record = ref Handles[handle];
            if (!record.File.IsValid && Targets[record.TargetId].TryReopen(record.Target, out FileLease lease))
                record.File = lease; // plain: while Submitted only its executor writes the handle
            if (!record.File.IsValid)
            {
                // Opening may wait for a place in the file table, so whatever holds one has to be under way by then.
                if (count > 0)
                    Method.Submit(ready[..count], stripe);
                count = 0;
                if (!TryOpenHere(handle))
                {
                    _executor.Execute(handle);
                    continue;
                }
            }

            DeathPoints.Reach(DeathPoint.FileOpened);
            ready[count++] = handle;
        }

        if (count > 0)
            Method.Submit(ready[..count], stripe);
    }

    /// <summary>Opens the file of a claimed operation; may take its time.</summary>
    /// <returns>False: the reason is the operation's raw result.</returns>
    private bool TryOpenHere(int index)
    {
        ref IoHandle record = ref Handles[index];
        if (record.File.IsValid || record.RawResult < 0)
            return record.File.IsValid; // in the latter case it failed before it was started
        int error;
        FileLease lease = FileLease.None;
        try
        {
            error = Targets[record.TargetId].Reopen(record.Target, out lease);
        }
        catch (Exception exception) when (exception is not InvariantException)
        {
            error = -(int)Errno.NoEntry; // as workers do
        }

        if (error == 0 && !lease.IsValid)
            error = -(int)Errno.BadDescriptor;
        record.File = error == 0 ? lease : FileLease.None; // plain: while Submitted only its executor writes the handle
        record.RawResult = Math.Min(error, 0);
        return error == 0;
    }
}
