using Forebay.Buffers;
using Forebay.Callbacks;
using Forebay.Primitives;
using Forebay.Processes;
using Forebay.Storage;
using Forebay.Targets;

namespace Forebay;

/// <summary>Sharing an instance with other processes.</summary>
public sealed partial class ForebayInstance
{
    /// <summary>Whether it is shared and this process has created it.</summary>
    public bool IsCreator => _named is { IsCreator: true };

    /// <summary>
    /// Why the instance has stopped; null = it has not. It is shared, and a process died while it was changing a page
    /// that cannot be proven whole, which the reason names. From then on whatever is begun in it or waits, in any
    /// process, throws <see cref="InstanceStoppedException"/>; only giving back and disposing work as ever. What had
    /// not been written is lost. It is made anew by the first one who opens it after all have left it.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The instance is disposed.</exception>
    public string? StopReason => _views.Look(() => _processes.Sign.Reason);

    /// <summary>Processes that are attached at this moment, this one included.</summary>
    /// <exception cref="ObjectDisposedException">The instance is disposed.</exception>
    public int AttachedProcesses => _views.Look(() => _processes.Live);

    /// <summary>
    /// Attaches to a shared instance that somebody else has created, with the settings that it was created with.
    /// </summary>
    /// <param name="sharing">Which.</param>
    /// <param name="own">
    /// What is each process's own: workers, page check, notices, concurrency of streams. What all must agree on is
    /// taken from the instance. Null = defaults.
    /// </param>
    /// <exception cref="SharingException">There is none, or it cannot be attached to; the message says why.</exception>
    /// <exception cref="IoMethodException">Its method is refused in this process.</exception>
    public static ForebayInstance Attach(Sharing sharing, ForebayOptions? own = null)
    {
        ArgumentNullException.ThrowIfNull(sharing);
        SegmentHeader header = NamedSegment.Peek(sharing.Place);
        ForebayOptions options = SharedSettings.Adopt(header, sharing, own ?? new ForebayOptions());
        string directory = SegmentHeader.Text(header.DataDirectory);
        if (!Directory.Exists(directory))
            throw new SharingException($"The data directory '{directory}' of the instance '{sharing.Name}' is gone.");
        return new ForebayInstance(directory, options, mayCreate: false);
    }

    private NamedSegment? OpenNamed(
        InstanceLayout layout, IoCallbackRegistry callbacks, IoTargetRegistry targets, bool mayCreate)
    {
        if (Options.Sharing is not { } sharing)
            return null;
        SegmentAgreement agreement = SharedSettings.Of(Options, DataDirectory, callbacks, targets, Checks);
        NamedSegment named = NamedSegment.Open(
            sharing.Place, layout.Segment.Length, layout.Header, agreement, Options.HugePages, mayCreate);
        try
        {
            new StopSign(named.Segment.Array(layout.Header)).Check();
            SharedSettings.CheckMethod(named, Options.IoMethod);
            return named;
        }
        catch
        {
            named.Dispose();
            throw;
        }
    }

    // Until here all others who create, attach or leave have waited.
    private void Settle()
    {
        if (_named is null)
            return;
        SharedSettings.AgreeOnMethod(_named, Method.Effective);
        _named.Settle();
        if (_named.WasStale)
        {
            Notices.Raise("shared-instance-rebuilt", $"A crash had left the shared instance "
                + $"'{_named.Place.Name}' behind; it was made anew. Pages that had not been written are lost.");
        }
    }

    private void ShareWithOthers(InstanceLayout layout)
    {
        if (_named is null)
            return;
        Storage.Share(new SharedRelations(
            _segment, layout.Relations, _processes.Own, _processes.Sign.Check));
        _pool.Foreign = new ForeignPins(
            _ledgers, _ledgerLength, _segment.Array(layout.Engine.Slots), _processes.Own);
    }

    private void EndWork()
    {
        if (_named is not null && _engine is { Method.NeedsHelp: false })
        {
            _engine.FinishForOthers();
            _engine.Dispose(); // first: its workers open files for others
            _deathWatch?.Dispose(); // behind it: what has the queue locked may be dead, and is waited for
            Storage.Dispose();
            return;
        }

        _deathWatch?.Dispose(); // first: what it takes over may be submitted to our rings
        _engine?.FinishForOthers(); // there is none if it was never complete

        Storage.Dispose(); // first: files that are registered with the kernel leave the rings while there are rings
        _engine?.Dispose();
    }

    private void LeaveSegment()
    {
        DeathPoints.Reach(DeathPoint.LeavingSlot);
        _processes?.Leave();
        DeathPoints.Reach(DeathPoint.SlotLeft);
        if (_named is not null)
            _named.Dispose();
        else
            _segment?.Dispose();
    }
}
