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
    private AttachedView(SharedSegment segment, ForebayOptions options, InstanceLayout layout, string dataDirectory)
    {
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
            return new AttachedView(segment, options, layout, SegmentHeader.Text(header.DataDirectory));
        }
        catch (Exception exception) when (exception is InsufficientMemoryException or OverflowException)
        {
            throw new SharingException($"The shared instance '{sharing.Name}': {exception.Message}", exception);
        }
        finally
        {
            _ = FileSystemCalls.Close(descriptor);
        }
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => Segment.Dispose();
}
