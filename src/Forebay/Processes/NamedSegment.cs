using System.Runtime.InteropServices;
using Forebay.Interop;
using Forebay.Memory;
using Forebay.Primitives;

namespace Forebay.Processes;

/// <summary>
/// A segment that lies in a file of a name, from creation or attachment until this process leaves it.
/// </summary>
/// <remarks>
/// <code>
///   NAME.lock     held while an instance is created, attached to or left
///   NAME.segment  each process that is attached holds a shared lock on it for as long as it lives
///   NAME.ring-…   locked by a process's rings for as long as they live, which may be a little longer
/// </code>
/// The kernel gives the second back when a process ends, whatever ended it. So who gets it for himself alone, under the
/// first, knows that nobody lives there: what he finds was left by a crash, and is removed; a new one is made. The last
/// one out removes it the same way.
/// </remarks>
internal sealed class NamedSegment : IDisposable
{
    private const long FileUnit = MemoryMap.HugePage;

    private const int AgainMs = 5;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_creatorsEnd = TimeSpan.FromSeconds(10);

    private readonly SegmentPlace _place;
    private readonly SegmentRegion<SegmentHeader> _headerRegion;
    private PlaceLock? _gate;
    private int _descriptor;

    private NamedSegment(
        SegmentPlace place, PlaceLock gate, int descriptor, SharedSegment segment, SegmentRegion<SegmentHeader> header)
    {
        _place = place;
        _gate = gate;
        _descriptor = descriptor;
        Segment = segment;
        _headerRegion = header;
    }

    /// <summary>The memory.</summary>
    public SharedSegment Segment { get; }

    /// <summary>Whether this process has created it.</summary>
    public bool IsCreator { get; private init; }

    /// <summary>Whether one was found that a crash had left behind.</summary>
    public bool WasStale { get; private init; }

    /// <summary>The header.</summary>
    public ref SegmentHeader Header => ref Segment.Array(_headerRegion)[0];

    /// <summary>Where it lies.</summary>
    public SegmentPlace Place => _place;

    /// <summary>
    /// Creates the segment, or attaches to it. Until <see cref="Settle"/> or <see cref="Dispose"/> all others wait who
    /// want the same.
    /// </summary>
    /// <param name="place">Where.</param>
    /// <param name="length">What the layers have reserved.</param>
    /// <param name="header">The header's region: the beginning.</param>
    /// <param name="agreement">What is written into a new header, and compared with an old one.</param>
    /// <param name="hugePages">Ask for huge pages.</param>
    /// <param name="mayCreate">Whether it is created if nobody has it.</param>
    /// <exception cref="SharingException">Why not.</exception>
    public static NamedSegment Open(SegmentPlace place, long length, SegmentRegion<SegmentHeader> header,
        SegmentAgreement agreement, bool hugePages, bool mayCreate)
    {
        Invariant.Check(header.Offset == 0 && header.Count == 1, "I-18: a segment begins with its header");
        place.Prepare();
        PlaceLock gate = PlaceLock.Enter(place);
        DeathPoints.Reach(DeathPoint.PlaceLocked);
        int descriptor = -1;
        SharedSegment? segment = null;
        try
        {
            bool isLive = TryEnterLive(place, out descriptor, out bool wasStale);
            if (!isLive && !mayCreate)
                throw Nobody(place);
            if (!isLive)
            {
                RingLock.SweepAll(place, s_patience); // a write of a dead process that is late would undo newer ones
                descriptor = CreateFile(place, FileLength(length));
            }
            else
            {
                Compare(ReadHeader(place, descriptor), place, length, agreement);
            }

            segment = SharedSegment.Map(descriptor, length, FileLength(length), readOnly: false, hugePages);
            NamedSegment named = new(place, gate, descriptor, segment, header)
            {
                IsCreator = !isLive,
                WasStale = wasStale,
            };
            DeathPoints.Reach(DeathPoint.SegmentMapped);
            if (isLive)
                return named;
            if (hugePages)
                segment.MoveToHugePages();
            WriteHeader(ref named.Header, length, agreement);
            return named;
        }
        catch (Exception exception)
        {
            segment?.Dispose();
            if (descriptor >= 0)
                Leave(place, gate, descriptor);
            else if (!File.Exists(place.SegmentPath))
                gate.RemoveFile();
            gate.Dispose();
            if (exception is InsufficientMemoryException)
                throw new SharingException($"The shared instance '{place.Name}': {exception.Message}", exception);
            throw;
        }
    }

    /// <summary>Opens a segment to look at: nothing is claimed, locked or written.</summary>
    /// <param name="place">Where.</param>
    /// <param name="header">A checked copy of the header.</param>
    /// <returns>The file's descriptor, the caller's to close.</returns>
    /// <exception cref="SharingException">Why not.</exception>
    public static int OpenToView(SegmentPlace place, out SegmentHeader header)
    {
        if (!Directory.Exists(place.Directory))
            throw Nobody(place);
        place.Check(forViewing: true);
        int descriptor = FileSystemCalls.Open(
            place.SegmentPath, FileOpenFlags.NoFollow | FileOpenFlags.NonBlocking);
        if (descriptor == -(int)Errno.NoEntry)
            throw Nobody(place);
        if (descriptor < 0)
            throw CannotOpen(place, descriptor);
        try
        {
            place.CheckFile(descriptor, place.SegmentPath, forViewing: true);
            header = ReadHeader(place, descriptor, forViewing: true);
            return descriptor;
        }
        catch
        {
            _ = FileSystemCalls.Close(descriptor);
            throw;
        }
    }

    /// <summary>Length of the file of a segment: whole huge pages, whatever the file system.</summary>
    public static long FileLength(long length) => (length + FileUnit - 1) / FileUnit * FileUnit;

    /// <summary>Reads the header of a segment that lives there, under the lock, for who attaches by name.</summary>
    /// <exception cref="SharingException">Nobody lives there, or what is there is no segment.</exception>
    public static SegmentHeader Peek(SegmentPlace place) =>
        TryPeek(place, out SegmentHeader header) ? header : throw Nobody(place);

    /// <summary>As <see cref="Peek"/>.</summary>
    /// <returns>False: nobody lives there.</returns>
    /// <exception cref="SharingException">What is there is no segment, or not to be trusted.</exception>
    public static bool TryPeek(SegmentPlace place, out SegmentHeader header)
    {
        header = default;
        if (!Directory.Exists(place.Directory))
            return false;
        place.Check(forViewing: false);
        using PlaceLock gate = PlaceLock.Enter(place);
        int descriptor = -1;
        try
        {
            if (!TryEnterLive(place, out descriptor, out _))
            {
                gate.RemoveFile();
                return false;
            }

            header = ReadHeader(place, descriptor);
            return true;
        }
        finally
        {
            if (descriptor >= 0)
                _ = FileSystemCalls.Close(descriptor);
        }
    }

    /// <summary>This process is in: others may come and go from here on.</summary>
    public void Settle()
    {
        DeathPoints.Reach(DeathPoint.SegmentNotReady);
        if (IsCreator)
            Header.State = SegmentState.Ready;
        _gate?.Dispose();
        _gate = null;
    }

    /// <summary>
    /// Marks this process's opening of the file as that of a use of a slot; see <see cref="IsUnmarked"/>.
    /// </summary>
    /// <returns>False: the kernel does not permit it.</returns>
    public bool TryMark(int slot, uint generation) => RecordLock.TryEnter(_descriptor, MarkOf(slot, generation));

    /// <summary>
    /// Whether a process that had marked its opening for a use of a slot has neither the file open nor any of the
    /// memory mapped any more: it is gone, or another program runs in its place.
    /// </summary>
    public bool IsUnmarked(int slot, uint generation) => RecordLock.IsFree(_descriptor, MarkOf(slot, generation));

    private static long MarkOf(int slot, uint generation) => (long)generation * ProcessTable.ProcessesMax + slot;

    /// <summary>Leaves. The last one out removes the files; the memory is gone for this process.</summary>
    public void Dispose()
    {
        int descriptor = Interlocked.Exchange(ref _descriptor, -1); // one of two disposers leaves
        if (descriptor < 0)
            return;
        Segment.Dispose();
        PlaceLock? gate = _gate;
        try
        {
            gate ??= PlaceLock.Enter(_place);
            Leave(_place, gate, descriptor);
        }
        catch (SharingException)
        {
            _ = FileSystemCalls.Close(descriptor); // folder or lock were taken away: whoever did removes the rest
        }

        gate?.Dispose();
    }

    /// <summary>Opens the file and joins those who live there.</summary>
    /// <returns>False: nobody does; what was there is gone.</returns>
    private static bool TryEnterLive(SegmentPlace place, out int descriptor, out bool wasStale)
    {
        wasStale = false;
        descriptor = FileSystemCalls.Open(
            place.SegmentPath, FileOpenFlags.Write | FileOpenFlags.NoFollow | FileOpenFlags.NonBlocking);
        if (descriptor == -(int)Errno.NoEntry)
            return false;
        if (descriptor < 0)
            throw CannotOpen(place, descriptor);
        try
        {
            place.CheckFile(descriptor, place.SegmentPath, forViewing: false);
            if (!TryEnterAlone(descriptor))
            {
                if (FileLock.TryEnterShared(descriptor) == 0)
                    return true;
                throw new SharingException(
                    $"'{place.SegmentPath}' is locked by something that is no instance of Forebay.");
            }
        }
        catch
        {
            _ = FileSystemCalls.Close(descriptor); // not ours to touch
            descriptor = -1;
            throw;
        }

        // Whoever still looks at the old one keeps its memory: it is unlinked, not cut.
        _ = FileSystemCalls.Unlink(place.SegmentPath);
        _ = FileSystemCalls.Close(descriptor);
        descriptor = -1;
        wasStale = true;
        return false;
    }

    // Who creates holds the lock of the place, which we have. So whoever left the segment unfinished is dead, and if
    // its lock is held still, that is because the kernel closes a dead process's files one after the other.
    private static bool TryEnterAlone(int descriptor)
    {
        long begun = System.Diagnostics.Stopwatch.GetTimestamp();
        while (FileLock.TryEnter(descriptor) < 0)
        {
            if (!IsUnfinished(descriptor) || System.Diagnostics.Stopwatch.GetElapsedTime(begun) > s_creatorsEnd)
                return false;
            ProcessDescriptor.WaitAny([], AgainMs);
        }

        return true;
    }

    private static bool IsUnfinished(int descriptor)
    {
        byte[] bytes = new byte[SegmentHeader.Bytes];
        if (FileSystemCalls.Read(descriptor, bytes, 0) < bytes.Length)
            return false;
        SegmentHeader header = MemoryMarshal.Read<SegmentHeader>(bytes);
        return header.State == SegmentState.Building && (header.Magic is 0 or SegmentHeader.MagicNumber);
    }

    private static int CreateFile(SegmentPlace place, long length)
    {
        int descriptor = FileSystemCalls.Open(place.SegmentPath,
            FileOpenFlags.Create | FileOpenFlags.Exclusive | FileOpenFlags.Write | FileOpenFlags.NoFollow);
        if (descriptor < 0)
            throw CannotOpen(place, descriptor);

        // All of it now: memory that is short later would end whatever process touches it first.
        int error = FileSystemCalls.Allocate(descriptor, 0, length);
        if (error == 0)
            error = FileLock.TryEnterShared(descriptor);
        if (error == 0)
            return descriptor;
        _ = FileSystemCalls.Unlink(place.SegmentPath);
        _ = FileSystemCalls.Close(descriptor);
        throw new SharingException($"There is no room for a segment of {length} bytes under '{place.Directory}': "
            + $"{ErrnoTable.Describe((Errno)(-error))}.");
    }

    private static void WriteHeader(ref SegmentHeader header, long length, SegmentAgreement agreement)
    {
        header.Magic = SegmentHeader.MagicNumber;
        header.Version = SegmentHeader.LayoutVersion;
        header.TotalLength = length;
        agreement.WriteTo(ref header);
    }

    /// <summary>Reads a header out of the file, so that nothing of it moves under our eyes, and checks it.</summary>
    /// <param name="place">Where.</param>
    /// <param name="descriptor">The file.</param>
    /// <param name="forViewing">Whether one that has stopped will do.</param>
    private static SegmentHeader ReadHeader(SegmentPlace place, int descriptor, bool forViewing = false)
    {
        byte[] bytes = new byte[SegmentHeader.Bytes];
        int read = FileSystemCalls.Read(descriptor, bytes, 0);
        if (read < bytes.Length)
            throw Damaged(place, $"its header has {Math.Max(read, 0)} bytes instead of {bytes.Length}");
        SegmentHeader header = MemoryMarshal.Read<SegmentHeader>(bytes);
        if (header.Magic != SegmentHeader.MagicNumber)
            throw Damaged(place, "it does not begin with the sign of one");
        if (header.Version != SegmentHeader.LayoutVersion)
        {
            throw new SharingException($"The shared instance '{place.Name}' has layout version {header.Version}, this "
                + $"program {SegmentHeader.LayoutVersion}: all of its processes must run the same version of Forebay.");
        }

        bool isStopped = header.State == SegmentState.Stopped;
        if (isStopped && !forViewing)
        {
            throw new InstanceStoppedException($"The shared instance '{place.Name}' has stopped: "
                + $"{SegmentHeader.Text(header.StopReason)} It is made anew when all processes have left it.");
        }

        if (!isStopped && header.State != SegmentState.Ready)
            throw Damaged(place, "its creator did not finish it");
        long fileLength = FileSystemCalls.Length(descriptor);
        if (header.TotalLength <= 0 || header.TotalLength > fileLength || fileLength != FileLength(header.TotalLength))
            throw Damaged(place, $"the file has {fileLength} bytes for a segment of {header.TotalLength}");
        return header;
    }

    private static void Compare(
        in SegmentHeader header, SegmentPlace place, long length, SegmentAgreement agreement)
    {
        agreement.Compare(header, place.Name); // first: the setting that makes the lengths differ has a name
        if (header.TotalLength != length)
            throw Damaged(place, $"it has {header.TotalLength} bytes, and its settings make {length}");
    }

    private static void Leave(SegmentPlace place, PlaceLock gate, int descriptor)
    {
        // From shared to alone: it works when nobody else is in. (If it does not the lock is given up all the same.)
        DeathPoints.Reach(DeathPoint.LeavingSegment);
        if (FileLock.TryEnter(descriptor) == 0)
        {
            _ = FileSystemCalls.Unlink(place.SegmentPath);
            _ = RingLock.Sweep(place); // what is not over yet, who creates the instance again will wait for
            gate.RemoveFile();
        }

        _ = FileSystemCalls.Close(descriptor);
    }

    private static SharingException Nobody(SegmentPlace place) => new(
        $"There is no shared instance '{place.Name}' under '{place.Directory}': "
        + $"start one, for instance by: forebay serve --share {place.Name} --data DIRECTORY");

    private static SharingException Damaged(SegmentPlace place, string how) =>
        new($"'{place.SegmentPath}' is not a segment of Forebay, or a damaged one: {how}.");

    private static SharingException CannotOpen(SegmentPlace place, int error) =>
        new($"'{place.SegmentPath}' cannot be opened: {ErrnoTable.Describe((Errno)(-error))}.");
}
