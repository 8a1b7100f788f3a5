using Forebay.Interop;
using Forebay.Primitives;

namespace Forebay.Processes;

/// <summary>
/// A lock that is free exactly when the last ring of a process is gone. The process locks a file of its own, puts it
/// into the file table of each of its rings and closes its descriptor: from then on the rings alone hold it open. The
/// kernel lets go of a ring's files when all requests of the ring are over, never before. So who gets the lock after
/// the process has died knows that nothing of it can still be written into a page, or out of one into a file.
/// </summary>
/// <remarks>
/// The file is opened to be closed on exec, and rings are not handed to children: a child that is forked without exec
/// keeps the rings, and with them the lock, until it ends. That is late, never early.
/// </remarks>
internal sealed class RingLock : IDisposable
{
    private const int AgainMs = 5;

    private readonly ProcessTable _processes;
    private readonly string _path;
    private int _descriptor;

    private RingLock(ProcessTable processes, string path, int descriptor) =>
        (_processes, _path, _descriptor) = (processes, path, descriptor);

    /// <summary>The locked file, to be put into each ring's table; valid until <see cref="HandOver"/>.</summary>
    public int Descriptor => _descriptor;

    /// <summary>Makes this process's file and locks it.</summary>
    /// <exception cref="SharingException">Why not.</exception>
    public static RingLock Take(SegmentPlace place, ProcessTable processes)
    {
        string path = place.RingPath(processes.Own, processes[processes.Own].Word.Generation);
        int descriptor = FileSystemCalls.Open(path,
            FileOpenFlags.Create | FileOpenFlags.Exclusive | FileOpenFlags.Write | FileOpenFlags.NoFollow);
        int error = descriptor < 0 ? descriptor : FileLock.TryEnter(descriptor);
        DeathPoints.Reach(DeathPoint.RingFileLocked);
        if (error == 0)
            return new RingLock(processes, path, descriptor);
        if (descriptor >= 0)
            _ = FileSystemCalls.Close(descriptor);
        throw new SharingException($"'{path}' cannot be made and locked: {ErrnoTable.Describe((Errno)(-error))}.");
    }

    /// <summary>All rings have it: says so to others, and lets go of it here. Before the first operation.</summary>
    public void HandOver()
    {
        // Release: the rings have it before anybody is told.
        Volatile.Write(ref _processes[_processes.Own].RingLock, (int)RingLockState.Held);
        DeathPoints.Reach(DeathPoint.RingFileSaid);
        _ = FileSystemCalls.Close(Interlocked.Exchange(ref _descriptor, -1)); // one of two closes it
    }

    /// <summary>The rings are closed, with nothing in them: the file goes.</summary>
    public void Dispose()
    {
        // Release: as above, the other way round.
        Volatile.Write(ref _processes[_processes.Own].RingLock, (int)RingLockState.None);
        int descriptor = Interlocked.Exchange(ref _descriptor, -1); // one of two closes it
        if (descriptor >= 0)
            _ = FileSystemCalls.Close(descriptor);
        DeathPoints.Reach(DeathPoint.RingsClosed);
        _ = FileSystemCalls.Unlink(_path);
    }

    /// <summary>
    /// Whether the rings of a dead process are gone. May be asked again at any time, by whomever takes over.
    /// </summary>
    public static bool IsOver(SegmentPlace place, ref ProcessRecord dead, int slot)
    {
        switch ((RingLockState)Volatile.Read(ref dead.RingLock)) // acquire: the file was made before it was said
        {
            case RingLockState.None: // it died before it could submit anything
            case RingLockState.Over:
                return true;
            case RingLockState.Held:
            default:
                if (!IsFree(place.RingPath(slot, dead.Word.Generation)))
                    return false;
                break;
        }

        // Release: said before the file goes, whose absence would prove nothing.
        Volatile.Write(ref dead.RingLock, (int)RingLockState.Over);
        return true;
    }

    /// <summary>
    /// Removes the file of a dead process from which all is taken over: what its rings may still hold is nobody's.
    /// </summary>
    public static void Remove(SegmentPlace place, ref ProcessRecord dead, int slot) =>
        _ = FileSystemCalls.Unlink(place.RingPath(slot, dead.Word.Generation));

    /// <summary>
    /// Removes the files of rings that are gone: those whose processes died with nobody there to take over. Under the
    /// lock of the place, so that nobody has just made one that is not locked yet.
    /// </summary>
    /// <returns>The path of one whose rings are not gone; null = there is none.</returns>
    public static string? Sweep(SegmentPlace place)
    {
        string? left = null;
        foreach (string path in System.IO.Directory.EnumerateFiles(place.Directory, place.Name + ".ring-*"))
        {
            if (!place.IsRingPath(path))
                continue; // of an instance that is called NAME.ring-…
            if (IsFree(path))
                _ = FileSystemCalls.Unlink(path);
            else
                left = path;
        }

        return left;
    }

    /// <summary>As <see cref="Sweep"/>, waiting until all are gone.</summary>
    /// <exception cref="SharingException">They are not after a long while.</exception>
    public static void SweepAll(SegmentPlace place, TimeSpan patience)
    {
        long begun = System.Diagnostics.Stopwatch.GetTimestamp();
        while (Sweep(place) is { } path)
        {
            if (System.Diagnostics.Stopwatch.GetElapsedTime(begun) > patience)
            {
                throw new SharingException($"The kernel is still busy with I/O of a process of the instance "
                    + $"'{place.Name}' that has died ('{path}' is locked): what it writes may reach files late.");
            }

            ProcessDescriptor.WaitAny([], AgainMs);
        }
    }

    private static bool IsFree(string path)
    {
        int descriptor = FileSystemCalls.Open(path, FileOpenFlags.NoFollow | FileOpenFlags.NonBlocking);
        if (descriptor < 0)
            return false; // gone, though nobody who saw it free has said so: then it cannot be known
        bool isFree = FileLock.TryEnter(descriptor) == 0;
        _ = FileSystemCalls.Close(descriptor);
        return isFree;
    }
}
