using Forebay.Buffers;
using Forebay.Handles;
using Forebay.Memory;

namespace Forebay.Takeover;

/// <summary>
/// Counts what the living claim of some frames. The frames are frozen meanwhile: nobody gets a pin or a lock on them
/// who has none. Claims move in one direction only, and are there at both ends while they move; they are read in that
/// direction, so that none is missed:
/// <code>
/// the frame reached for  →  claims  →  ledger, or an operation in flight
/// </code>
/// So a count is never too low. It may be too high only where a session was just moving something, as it says before
/// and behind, or an operation was. Then it is counted again, at once, and a session that is too busy for that is asked
/// to pause. If that does not help either (its thread may not run), what was counted is marked: of one that stands
/// still the frame that it is dealing with, of another one all.
/// </summary>
internal sealed class FrameCensus(
    SegmentArray<int> sessionSlots,
    SegmentArray<long> claims,
    SegmentArray<long> ledgers,
    int ledgerLength,
    IoHandleTable handles)
{
    private const int LooksMax = 32;
    private const int None = -1;

    private readonly Dictionary<int, int> _places = [];
    private readonly List<(int Place, ClaimKind Kind)> _found = []; // of the session or operation being looked at
    private int[] _frames = [];
    private FrameTally[] _tallies = [];

    /// <summary>What is claimed of a frame.</summary>
    public FrameTally this[int frame] => _tallies[_places[frame]];

    /// <summary>Counts the claims of every session but those of a dead process.</summary>
    /// <param name="frames">Whose claims are counted.</param>
    /// <param name="deadSlot">The slot of the dead process.</param>
    /// <param name="left">Operations that it left half completed: what they still have is nobody's.</param>
    public void Take(ReadOnlySpan<int> frames, int deadSlot, HashSet<int> left)
    {
        _places.Clear();
        foreach (int frame in frames)
            _places[frame] = _places.Count;
        _frames = frames.ToArray();
        _tallies = new FrameTally[frames.Length];
        for (int session = 0; session < sessionSlots.Length; session++)
        {
            int holder = Volatile.Read(ref sessionSlots[session]); // acquire: its claims are read after it
            if (holder == 0 || holder == deadSlot + 1)
                continue;
            CountSession(session);
        }

        for (int handle = 0; handle < handles.Count; handle++)
        {
            if (!left.Contains(handle))
                CountOperation(handle);
        }
    }

    /// <summary>Calls for each frame that a session's records name; a frame may come more than once.</summary>
    public void NamedBy(int session, Action<int> named)
    {
        // Of a dead one: it stays so. What it dealt with last it may have dealt with halfway.
        int reached = (int)Volatile.Read(ref claims[session * FrameClaims.Length + FrameClaims.MotionCell]);
        if (reached > 0)
            named(reached - 1);
        foreach (long claim in ClaimsOf(session))
        {
            if ((uint)claim != 0)
                named((int)(uint)claim - 1);
        }

        for (int entry = 0; entry < ledgerLength; entry++)
        {
            long word = ledgers[session * ledgerLength + entry];
            if (word == 0)
                break;
            if ((int)word > 0)
                named((int)word - 1);
        }
    }

    /// <summary>A dead session's records are needed no more.</summary>
    public void Clear(int session)
    {
        claims.Slice(session * FrameClaims.Length, FrameClaims.Length).Clear();
        ledgers.Slice(session * ledgerLength, ledgerLength).Clear();
    }

    private ReadOnlySpan<long> ClaimsOf(int session)
    {
        int start = session * FrameClaims.Length;
        int used = (int)Volatile.Read(ref claims[start]); // acquire: the cells below it are written
        return used <= FrameClaims.FirstCell ? []
            : claims.Slice(start + FrameClaims.FirstCell, Math.Min(used, FrameClaims.Length) - FrameClaims.FirstCell);
    }

    private void CountSession(int session)
    {
        ref long motion = ref claims[session * FrameClaims.Length + FrameClaims.MotionCell];
        ref long pause = ref claims[session * FrameClaims.Length + FrameClaims.PauseCell];
        SpinWait spinner = default;
        for (int look = 1; ; look++)
        {
            long before = Volatile.Read(ref motion); // acquire: before the entries
            _found.Clear();
            if ((int)before > 0)
                Note((int)before - 1, ClaimKind.Pin);
            CountClaims(session);
            CountLedger(session);
            bool isStill = Volatile.Read(ref motion) == before; // behind them: each of those is an acquire
            bool isExact = (isStill && (int)before == 0) || _found.Count == 0;
            if (isExact || look == LooksMax)
            {
                Volatile.Write(ref pause, 0); // a hint to the session, as the next
                Tally(isExact ? None : isStill ? (int)before - 1 : FrameClaims.Several);
                return;
            }

            Volatile.Write(ref pause, 1); // a hint: in the looks that follow it is seen to have settled
            spinner.SpinOnce(sleep1Threshold: -1);
        }
    }

    // What was found may be too much of the frame that was being dealt with, or of any, if others may have been.
    private void Tally(int moving)
    {
        foreach ((int place, ClaimKind kind) in _found)
        {
            ref FrameTally tally = ref _tallies[place];
            Add(ref tally, kind);
            tally.IsMoving |= moving == FrameClaims.Several || _frames[place] == moving;
        }
    }

    private void CountClaims(int session)
    {
        ReadOnlySpan<long> cells = ClaimsOf(session);
        for (int cell = 0; cell < cells.Length; cell++)
        {
            long claim = Volatile.Read(in cells[cell]); // acquire: before the ledger, to which the claim moves on
            if ((uint)claim != 0)
                Note((int)(uint)claim - 1, (ClaimKind)(claim >> 32));
        }
    }

    private static void Add(ref FrameTally tally, ClaimKind kind)
    {
        switch (kind)
        {
            case ClaimKind.Pin:
                tally.Pins++;
                break;
            case ClaimKind.Shared:
                tally.Shared++;
                break;
            case ClaimKind.ShareExclusive:
                tally.ShareExclusive++;
                break;
            case ClaimKind.Exclusive:
                tally.Exclusive++;
                break;
            case ClaimKind.Alone:
                tally.Alone++;
                break;
            default:
                tally.IsMoving = true; // nothing that we write
                break;
        }
    }

    private void CountLedger(int session)
    {
        for (int entry = 0; entry < ledgerLength; entry++)
        {
            // Acquire: in the order of the entries; they are used from the first one on.
            long word = Volatile.Read(ref ledgers[session * ledgerLength + entry]);
            if (word == 0)
                return;
            if ((int)word > 0)
                Note((int)word - 1, ClaimKind.Pin);
        }
    }

    // An operation has a pin on each of its frames, and a write their share-exclusive locks, once it is staged and
    // until its frames are dealt with.
    private void CountOperation(int index)
    {
        ref IoHandle handle = ref handles[index];
        SpinWait spinner = default;
        for (int look = 1; ; look++)
        {
            IoHandleWord word = handle.Word;
            if (word.State is not (IoHandleState.Defined or IoHandleState.Staged or IoHandleState.Submitted
                or IoHandleState.CompletedIo) || handle.Arena != FrameArenas.Pool)
                return;
            _found.Clear();
            bool isWrite = handle.Operation == IoOperation.WriteVector;
            foreach (int frame in handles.Frames(index))
            {
                Note(frame, ClaimKind.Pin);
                if (isWrite)
                    Note(frame, ClaimKind.ShareExclusive);
            }

            Volatile.ReadBarrier(); // the frames are read before the word is looked at again
            bool isExact = (word.State is IoHandleState.Staged or IoHandleState.Submitted && handle.Word == word)
                || _found.Count == 0;
            if (isExact || look == LooksMax)
            {
                Tally(isExact ? None : FrameClaims.Several);
                return;
            }

            spinner.SpinOnce(sleep1Threshold: -1); // it is being staged, or completed
        }
    }

    private void Note(int frame, ClaimKind kind)
    {
        if (_places.TryGetValue(frame, out int place))
            _found.Add((place, kind));
    }
}
