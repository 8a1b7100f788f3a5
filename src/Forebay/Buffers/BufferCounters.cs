using Forebay.Telemetry;

namespace Forebay.Buffers;

/// <summary>
/// What one session has done with a pool: what its slot has counted since the session was opened. Any thread; each
/// number is whole. Stays readable, as it was in the end, when the session is closed.
/// </summary>
public sealed class BufferCounters
{
    private readonly Lock _gate = new();
    private readonly SessionTally _tally;
    private readonly bool _isTemporary;
    private readonly int _blockBytes;
    private readonly Reading _before;
    private Reading? _final;

    internal BufferCounters(SessionTally tally, bool isTemporary, int blockBytes)
    {
        _tally = tally;
        _isTemporary = isTemporary;
        _blockBytes = blockBytes;
        _before = Read();
    }

    /// <summary>Pages found valid.</summary>
    public long Hits => Now.Hits - _before.Hits;

    /// <summary>Read operations issued.</summary>
    public long Reads => Now.Reads - _before.Reads;

    /// <summary>Pages that those operations asked for.</summary>
    public long BlocksRead => (Now.BytesRead - _before.BytesRead) / _blockBytes;

    /// <summary>Pages whose read somebody else had started.</summary>
    public long Joined => Now.Joined - _before.Joined;

    /// <summary>Times that a read had to be waited for.</summary>
    public long Waits => Now.Waits - _before.Waits;

    /// <summary>Write operations issued.</summary>
    public long Writes => Now.Writes - _before.Writes;

    /// <summary>Pages written.</summary>
    public long BlocksWritten => (Now.BytesWritten - _before.BytesWritten) / _blockBytes;

    /// <summary>
    /// Writes of dirty pages, started while looking ahead, that have failed; each was told as a notice. The pages stay
    /// dirty, and writing them is tried again when their frames are waited for, and by a flush.
    /// </summary>
    public long WriteBackFailures => Now.WriteBackFailures - _before.WriteBackFailures;

    /// <summary>Operations issued to find out which page of a failed run cannot be read.</summary>
    public long Bisections => Now.Bisections - _before.Bisections;

    // The memory may go once the session is closed: from then on this is what it said last.
    internal void Close()
    {
        lock (_gate)
            _final ??= Read();
    }

    private Reading Now
    {
        get
        {
            lock (_gate)
                return _final ?? Read();
        }
    }

    private Reading Read()
    {
        Reading reading = new(
            0, 0, 0, 0, 0,
            _tally.EventsOf(PoolEvent.Joined, _isTemporary),
            _tally.EventsOf(PoolEvent.Wait, _isTemporary),
            _tally.EventsOf(PoolEvent.WriteBackFailure, _isTemporary),
            _tally.EventsOf(PoolEvent.Bisection, _isTemporary));
        IoPurpose first = _isTemporary ? IoPurpose.Temporary : IoPurpose.Relation;
        IoPurpose last = _isTemporary ? IoPurpose.Temporary : IoPurpose.RelationVacuum;
        for (IoPurpose purpose = first; purpose <= last; purpose++)
        {
            reading = reading with
            {
                Hits = reading.Hits + _tally.OperationsOf(purpose, CountedOperation.Hit),
                Reads = reading.Reads + _tally.OperationsOf(purpose, CountedOperation.Read),
                BytesRead = reading.BytesRead + _tally.BytesOf(purpose, CountedOperation.Read),
                Writes = reading.Writes + _tally.OperationsOf(purpose, CountedOperation.Write),
                BytesWritten = reading.BytesWritten + _tally.BytesOf(purpose, CountedOperation.Write),
            };
        }

        return reading;
    }

    private readonly record struct Reading(
        long Hits, long Reads, long BytesRead, long Writes, long BytesWritten,
        long Joined, long Waits, long WriteBackFailures, long Bisections);
}
