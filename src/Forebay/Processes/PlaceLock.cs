using Forebay.Interop;

namespace Forebay.Processes;

/// <summary>
/// The lock under which a shared instance is created, attached to and removed. The file may be removed by who holds
/// it; whoever waited for the lock of a file that is gone begins again with the new one.
/// </summary>
internal sealed class PlaceLock : IDisposable
{
    private readonly SegmentPlace _place;
    private int _descriptor;

    private PlaceLock(SegmentPlace place, int descriptor) => (_place, _descriptor) = (place, descriptor);

    /// <summary>Takes the lock, waiting for whoever is just creating, attaching or leaving.</summary>
    /// <exception cref="SharingException">The file cannot be made, or is not this user's.</exception>
    public static PlaceLock Enter(SegmentPlace place)
    {
        while (true)
        {
            int descriptor = FileSystemCalls.Open(place.LockPath, FileOpenFlags.Create | FileOpenFlags.Write
                | FileOpenFlags.NoFollow | FileOpenFlags.NonBlocking);
            if (descriptor < 0)
            {
                throw new SharingException(
                    $"'{place.LockPath}' cannot be opened: {ErrnoTable.Describe((Errno)(-descriptor))}.");
            }

            PlaceLock gate = new(place, descriptor);
            try
            {
                place.CheckFile(descriptor, place.LockPath, forViewing: false);
                int error = FileLock.Enter(descriptor);
                if (error < 0)
                {
                    throw new SharingException(
                        $"'{place.LockPath}' cannot be locked: {ErrnoTable.Describe((Errno)(-error))}.");
                }

                if (gate.IsInPlace())
                    return gate;
                gate.Dispose();
            }
            catch
            {
                gate.Dispose();
                throw;
            }
        }
    }

    /// <summary>Removes the file; the lock is held until it is disposed.</summary>
    public void RemoveFile() => _ = FileSystemCalls.Unlink(_place.LockPath);

    /// <summary>Gives the lock back.</summary>
    public void Dispose()
    {
        int descriptor = Interlocked.Exchange(ref _descriptor, -1); // one of two disposers closes it
        if (descriptor >= 0)
            _ = FileSystemCalls.Close(descriptor);
    }

    private bool IsInPlace() =>
        FileSystemCalls.Status(_descriptor, out FileStatus mine) == 0
        && FileSystemCalls.StatusOfName(_place.LockPath, out FileStatus there) == 0
        && mine.Inode == there.Inode && mine.Device == there.Device;
}
