using Forebay.Handles;
using Forebay.Interop;
using Forebay.Primitives;

namespace Forebay.Methods.Worker;

/// <summary>
/// Executes one operation so that nothing gets out but the answer whether an exception came: opens the file if the
/// issuer's lease is not of this process, executes by blocking calls, and ends what an exception broke off with an
/// error: ENOENT where opening the file threw, EIO afterwards. Any thread; no state of its own but the last error.
/// </summary>
internal sealed class WorkerExecution(MethodServices services, WorkerQueue queue)
{
    private readonly BlockingExecutor _executor = new(services);
    private string? _lastError;

    /// <summary>The last exception as text, or null.</summary>
    public string? LastError => Volatile.Read(ref _lastError); // acquire: the text comes with its reference

    /// <summary>Executes a submitted operation to its completion.</summary>
    /// <returns>False if an exception ended it; it is completed all the same.</returns>
    public bool TryExecute(int handle)
    {
        DeathPoints.Reach(DeathPoint.WorkerExecutes);
        DeathPoints.ReachIf(services.Handles[handle].Word.Claimer != services.ProcessSlot + 1,
            DeathPoint.WorkerExecutesForAnother);
        long generation = services.Handles[handle].Word.Generation;
        Errno meaning = Errno.NoEntry;
        try
        {
            if (TryOpen(handle))
            {
                meaning = Errno.InputOutput;
                _executor.Execute(handle);
            }

            return true;
        }
        catch (Exception exception)
            when (exception is not InvariantException && !IsHalfCompleted(handle, generation))
        {
            // An exception from the middle of a completion is not caught: the handle can be neither completed nor given
            // back, and whoever waits for it would wait for ever. It ends the process where it happened.
            Remember(exception);
            queue.CountFailed();
            Fail(handle, generation, meaning);
            return false;
        }
    }

    /// <summary>Keeps an exception for the views.</summary>
    public void Remember(Exception exception)
    {
        // Release: the text is complete before its reference is seen.
        Volatile.Write(ref _lastError, $"{exception.GetType().Name}: {exception.Message}");
    }

    /// <summary>Makes sure that the operation has a file that is open in this process.</summary>
    /// <returns>False if it could not be opened: then the operation is completed.</returns>
    private bool TryOpen(int handle)
    {
        ref IoHandle record = ref services.Handles[handle];
        while (!record.File.IsValid)
        {
            int error = services.Targets[record.TargetId].Reopen(record.Target, out FileLease lease);
            if (error == 0 && !lease.IsValid)
                error = -(int)Errno.BadDescriptor;
            if (error == 0)
                record.File = lease; // plain: while Submitted only its executor writes the handle
            else if (services.Sink.Complete(handle, error))
                return false;
        }

        DeathPoints.Reach(DeathPoint.FileOpened);
        return true;
    }

    private void Fail(int handle, long generation, Errno errno)
    {
        // If the exception came after the completion, the handle has moved on and there is nothing left to do.
        while (IsAt(handle, generation, IoHandleState.Submitted)
            && !services.Sink.Complete(handle, -(int)errno))
        {
        }
    }

    private bool IsHalfCompleted(int handle, long generation) => IsAt(handle, generation, IoHandleState.CompletedIo);

    private bool IsAt(int handle, long generation, IoHandleState state)
    {
        IoHandleWord word = services.Handles[handle].Word;
        return word.Generation == generation && word.State == state;
    }
}
