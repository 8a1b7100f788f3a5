using System.Runtime.CompilerServices;
using Forebay.Memory;
using Forebay.Primitives;

namespace Forebay.Buffers;

/// <summary>
/// What one session has of frames for a moment, in the segment: pins on their way into or around the ledger, content
/// locks, and the frame that it is just dealing with. An entry is there before the thing itself and goes after it. So
/// the entries of all who live name at least all that they have; what a frame has beyond that a dead process left.
/// While an entry and its thing may differ, the session says so: who counts then looks again later.
/// <code>
/// cell 0   cells ever used: high-water mark
/// cell 1   low half: the frame that is just being dealt with, plus one; 0 = every entry is exact
///          high half: how often that was so
/// cell 2   not 0: somebody counts, and would have the session not begin anything for a moment
/// others   frame plus one in the low half, a <see cref="ClaimKind"/> in the high one; 0 = free
/// </code>
/// Only its session writes it, but for the wish in cell 2.
/// </summary>
internal sealed class FrameClaims
{
    /// <summary>
    /// Cells: a flush's run twice over (pins and locks), the locks a session may hold, victim, growth, and the three
    /// above.
    /// </summary>
    public const int Length = 2 * 128 + HeldLocks.Max + 32;

    /// <summary>Where the motion is said.</summary>
    public const int MotionCell = 1;

    /// <summary>Where a pause is wished for.</summary>
    public const int PauseCell = 2;

    /// <summary>The first of the others.</summary>
    public const int FirstCell = 3;

    /// <summary>Said to be dealt with instead of one frame: several at once.</summary>
    public const int Several = -2;

    private const int PauseSpinsMax = 20;

    private readonly SegmentArray<long> _cells;
    private readonly int _start;
    private readonly short[] _free = new short[Length];
    private int _freeCount;
    private uint _motions;

    /// <summary>Claims in <see cref="Length"/> cells from <paramref name="start"/>, which are cleared.</summary>
    public FrameClaims(SegmentArray<long> cells, int start)
    {
        _cells = cells;
        _start = start;
        cells.Slice(start, Length).Clear();
        cells[start] = FirstCell;
    }

    /// <summary>Claims at this moment.</summary>
    public int Count => (int)_cells[_start] - FirstCell - _freeCount;

    /// <summary>From here to <see cref="Settle"/> entries and things may differ, of this frame above all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Reach(int frame)
    {
        if (_cells[_start + PauseCell] != 0) // a hint: nothing depends on it but how soon who counts is done
            Pause();
        _cells[_start + MotionCell] = (long)++_motions << 32 | (uint)(frame + 1);
        Volatile.WriteBarrier(); // before any entry is written: who sees such an entry sees this
    }

    /// <summary>Every entry is exact again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Settle() =>
        Volatile.Write(ref _cells[_start + MotionCell], (long)_motions << 32); // release: after all entries

    // Where sessions that are busy do without, somebody who counts what they have would see them move for ever. Not for
    // long: he may be dead, or stopped.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Pause()
    {
        SpinWait spinner = default;
        for (int spin = 0; spin < PauseSpinsMax; spin++)
        {
            if (Volatile.Read(ref _cells[_start + PauseCell]) == 0) // a hint, as above
                return;
            spinner.SpinOnce(sleep1Threshold: -1);
        }

        Volatile.Write(ref _cells[_start + PauseCell], 0); // as the reading: who counts wishes again
    }

    /// <summary>Notes a pin that has been reached for.</summary>
    public void NotePin(int frame)
    {
        Add(frame, ClaimKind.Pin);
        DeathPoints.Reach(DeathPoint.PinClaimedAndReached);
        Settle();
    }

    /// <summary>Notes what is about to be taken, or what was reached for; between reaching and settling.</summary>
    public void Add(int frame, ClaimKind kind)
    {
        int cell = _freeCount > 0 ? _free[--_freeCount] : (int)_cells[_start];
        Invariant.Check(cell < Length, "I-26: a session claims more frames than it has cells for");
        _cells[_start + cell] = (long)kind << 32 | (uint)(frame + 1); // plain: what is taken is taken by a full fence
        if (cell == _cells[_start])
            Volatile.Write(ref _cells[_start], cell + 1); // release: the cell is written before it counts
    }

    /// <summary>Strikes out what has been given back, or handed on; between reaching and settling.</summary>
    public void Remove(int frame, ClaimKind kind)
    {
        long wanted = (long)kind << 32 | (uint)(frame + 1);
        for (int cell = (int)_cells[_start] - 1; cell >= FirstCell; cell--)
        {
            if (_cells[_start + cell] != wanted)
                continue;
            Volatile.Write(ref _cells[_start + cell], 0); // release: after what it names is given back
            _free[_freeCount++] = (short)cell;
            return;
        }

        Invariant.Fail("I-27: a session gave back what it had not claimed");
    }

    /// <summary>The claim that goes with a content lock.</summary>
    public static ClaimKind Of(ContentLockMode mode) => mode switch
    {
        ContentLockMode.Shared => ClaimKind.Shared,
        ContentLockMode.ShareExclusive => ClaimKind.ShareExclusive,
        ContentLockMode.Exclusive => ClaimKind.Exclusive,
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, null),
    };
}
