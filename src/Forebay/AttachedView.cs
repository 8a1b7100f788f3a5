using Forebay.Interop;
using Forebay.Memory;
using Forebay.Processes;

namespace Forebay;

/// <summary>
/// A shared instance to look at: its segment mapped for reading only, laid out as its header says. Claims nothing,
/// locks nothing, keeps nobody from leaving; when all have left, what is mapped stays as it was last.
/// </summary>
internal sealed class AttachedView : IDisposable
{
    private readonly string _path;
    private int _descriptor;

    private AttachedView(SharedSegment segment, ForebayOptions options, InstanceLayout layout, string dataDirectory,
        string path, int descriptor)
    {
        _path = path;
        _descriptor = descriptor;
        Segment = segment;
        Options = options;
        Layout = layout;
        DataDirectory = dataDirectory;
    }

    /// <summary>The memory: whoever writes to it ends the process.</summary>
    public SharedSegment Segment { get; }

    /// <summary>The settings that the header tells; the others have their defaults.</summary>
    public ForebayOptions Options { get; }

    /// <summary>Where everything lies.</summary>
    public InstanceLayout Layout { get; }

    /// <summary>Where relation files are.</summary>
    public string DataDirectory { get; }

    /// <summary>The processes; a slot is somebody's while its state is not Free.</summary>
    public SegmentArray<ProcessRecord> Processes => Segment.Array(Layout.Processes);

    /// <summary>The header; state and reason may change.</summary>
    public ref readonly SegmentHeader Header => ref Segment.Array(Layout.Header)[0];

    /// <summary>Opens it.</summary>
    /// <exception cref="SharingException">There is none, it is somebody else's, or it is damaged.</exception>
    public static AttachedView Open(Sharing sharing)
    {
        int descriptor = NamedSegment.OpenToView(sharing.Place, out SegmentHeader header);
        bool isOpen = false;
        try
        {
            ForebayOptions options = SharedSettings.Adopt(header, sharing, new ForebayOptions());
            InstanceLayout layout = new(options);
            if (layout.Segment.Length != header.TotalLength)
            {
                throw new SharingException($"The header of the shared instance '{sharing.Name}' is damaged: it tells "
                    + $"of {header.TotalLength} bytes, and its settings make {layout.Segment.Length}.");
            }

            SharedSegment segment = SharedSegment.Map(descriptor, header.TotalLength,
                NamedSegment.FileLength(header.TotalLength), readOnly: true, hugePages: false);
            AttachedView view = new(segment, options, layout, SegmentHeader.Text(header.DataDirectory),
                sharing.Place.SegmentPath, descriptor);
            isOpen = true;
            return view;
        }
        catch (Exception exception) when (exception is InsufficientMemoryException or OverflowException)
        {
            throw new SharingException($"The shared instance '{sharing.Name}': {exception.Message}", exception);
        }
        finally
        {
            if (!isOpen)
                _ = FileSystemCalls.Close(descriptor);
        }
    }

    /// <summary>
    /// Before each look: that the file is as long as what is mapped of it. No instance ever cuts one; whoever did it
    /// all the same would have the kernel end those who look behind the new end.
    /// </summary>
    /// <exception cref="SharingException">It was cut.</exception>
    public void CheckWhole()
    {
        long length = FileSystemCalls.Length(_descriptor);
        long expected = NamedSegment.FileLength(Segment.Length);
        if (length < expected)
            throw new SharingException($"'{_path}' was cut to {length} bytes from {expected}: it is no longer whole.");
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        Segment.Dispose();
        int descriptor = Interlocked.Exchange(ref _descriptor, -1); // one of two disposers closes it
        if (descriptor >= 0)
            _ = FileSystemCalls.Close(descriptor);
    }
}
