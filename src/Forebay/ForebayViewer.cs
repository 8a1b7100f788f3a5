using Forebay.Diagnostics;
using Forebay.Interop;
using Forebay.Processes;

namespace Forebay;

/// <summary>
/// A shared instance, looked at from outside: its memory is mapped for reading only, so that nothing in it can be
/// disturbed, and nobody in it knows. Any thread.
/// </summary>
public sealed class ForebayViewer : IDisposable
{
    private readonly AttachedView _view;
    private readonly ViewGate _gate = new();
    private readonly SegmentViews _seen;
    private bool _disposed;

    private ForebayViewer(string name, AttachedView view)
    {
        Name = name;
        _view = view;
        InstanceLayout layout = view.Layout;
        _seen = new SegmentViews(view.Segment, layout.Engine, layout.Pool, layout.WorkerQueue,
            new ProcessSessionOwners(view.Segment.Array(layout.Engine.Slots), view.Processes),
            new SegmentTargetNames(view.Options.SegmentBlocks, view.Options.TablespaceVersionDirectory),
            ForebayNames.Of(view.Options.IoMethod));
    }

    /// <summary>Name of the instance.</summary>
    public string Name { get; }

    /// <summary>Where its relation files are.</summary>
    public string DataDirectory => _view.DataDirectory;

    /// <summary>The I/O method in use.</summary>
    public string Method => _seen.Method;

    /// <summary>As <see cref="ForebayInstance.StopReason"/>.</summary>
    /// <exception cref="ObjectDisposedException">The viewer is disposed.</exception>
    public string? StopReason => Look(() => new StopSign(_view.Segment.Array(_view.Layout.Header)).Reason);

    /// <summary>
    /// Processes that are attached to it and live. Zero: it is over, and what can be seen is how it was last.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The viewer is disposed.</exception>
    public int AttachedProcesses => Look(CountProcesses);

    /// <summary>Looks at a shared instance.</summary>
    /// <param name="sharing">Which.</param>
    /// <exception cref="SharingException">There is none, it is somebody else's, or it is damaged.</exception>
    public static ForebayViewer Attach(Sharing sharing)
    {
        ArgumentNullException.ThrowIfNull(sharing);
        return new ForebayViewer(sharing.Name, AttachedView.Open(sharing));
    }

    /// <summary>Names of the shared instances in a folder, crashed ones included.</summary>
    /// <param name="directory">The folder; null = the user's own.</param>
    public static IReadOnlyList<string> List(string? directory = null)
    {
        string folder = directory ?? SegmentPlace.DefaultDirectory;
        const string Suffix = ".segment";
        return Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder, "*" + Suffix).Select(Path.GetFileNameWithoutExtension).Order()!]
            : [];
    }

    /// <summary>As <see cref="ForebayInstance.GetInFlight"/>.</summary>
    /// <exception cref="ObjectDisposedException">The viewer is disposed.</exception>
    /// <exception cref="SharingException">Somebody has cut the segment's file.</exception>
    public IReadOnlyList<InFlightOperation> GetInFlight() => Look(_seen.InFlight.Take);

    /// <summary>As <see cref="ForebayInstance.GetStatistics"/>, over all processes; of rings nothing is known here.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The viewer is disposed.</exception>
    public ForebayStatistics GetStatistics() => Look(_seen.TakeStatistics);

    /// <summary>As <see cref="ForebayInstance.GetBuffers"/>.</summary>
    /// <exception cref="ObjectDisposedException">The viewer is disposed.</exception>
    /// <exception cref="SharingException">Somebody has cut the segment's file.</exception>
    public IReadOnlyList<BufferRow> GetBuffers() => Look(_seen.Buffers.Take);

    /// <summary>As <see cref="ForebayInstance.GetBufferSummary"/>.</summary>
    /// <exception cref="ObjectDisposedException">The viewer is disposed.</exception>
    public BufferSummary GetBufferSummary() => Look(_seen.Buffers.Summarize);

    /// <summary>As <see cref="ForebayInstance.GetWaits"/>.</summary>
    /// <exception cref="ObjectDisposedException">The viewer is disposed.</exception>
    /// <exception cref="SharingException">Somebody has cut the segment's file.</exception>
    public IReadOnlyList<WaitingSession> GetWaits() => Look(_seen.Waits.Take);

    /// <summary>Lets go of the memory.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _gate.Close();
        _view.Dispose();
    }

    private T Look<T>(Func<T> view) => _gate.Look(() =>
    {
        _view.CheckWhole();
        return view();
    });

    private int CountProcesses()
    {
        int count = 0;
        for (int slot = 0; slot < _view.Processes.Length; slot++)
            count += IsThere(ref _view.Processes[slot]) ? 1 : 0;
        return count;
    }

    // Nobody may be left who would take over from a process that was killed: then its slot tells of it for ever.
    private static bool IsThere(ref ProcessRecord record) => record.Word.State == ProcessState.Live
        && (record.StartTime == 0 || ProcessCalls.StartTime(record.Process) == record.StartTime);
}
