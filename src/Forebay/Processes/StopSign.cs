using System.Diagnostics.CodeAnalysis;
using Forebay.Memory;

namespace Forebay.Processes;

/// <summary>
/// Says whether an instance has stopped: a word in the header of its segment, which never goes back. Asked where
/// something begins, and by whoever has waited for a while. An instance that one process has for itself never stops.
/// </summary>
internal sealed class StopSign(SegmentArray<SegmentHeader> header)
{
    /// <summary>Whether it has stopped.</summary>
    public bool IsStopped => header.Length != 0 && header[0].State == SegmentState.Stopped;

    /// <summary>Why; null = it has not.</summary>
    public string? Reason => IsStopped ? SegmentHeader.Text(header[0].StopReason) : null;

    /// <summary>Nobody begins anything or goes on waiting from here on.</summary>
    /// <returns>Whether this is news.</returns>
    public bool Stop(string reason)
    {
        if (IsStopped)
            return false;
        SegmentHeader.TrySetText(header[0].StopReason, reason);
        header[0].State = SegmentState.Stopped;
        return true;
    }

    /// <summary>Throws if it has stopped.</summary>
    /// <exception cref="InstanceStoppedException">With the reason.</exception>
    public void Check()
    {
        if (IsStopped)
            Throw();
    }

    [DoesNotReturn]
    private void Throw() => throw new InstanceStoppedException(SegmentHeader.Text(header[0].StopReason));
}
