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
/// </summary>
internal sealed class FrameCensus(
    SegmentArray<int> sessionSlots,
    SegmentArray<long> claims,
    SegmentArray<long> ledgers,
    int ledgerLength,
    IoHandleTable handles)
{
    private readonly Dictionary<int, int> _places = [];
    private FrameTally[] _tallies = [];
    private FrameTally _ignored;

    /// <summary>What is claimed of a frame.</summary>
    public FrameTally this[int frame] => _tallies[_places[frame]];

    /// <summary>Counts the claims of every session but those of a dead process.</summary>
    public void Take(ReadOnlySpan<int> frames, int deadSlot)
    {
        _places.Clear();
        foreach (int frame in frames)
            _places[frame] = _places.Count;
        _tallies = new FrameTally[frames.Length];
        for (int session = 0; session < sessionSlots.Length; session++)
        {
            int holder = Volatile.Read(ref sessionSlots[session]); // acquire: its claims are read after it
            if (holder == 0 || holder == deadSlot + 1)
                continue;
            CountClaims(session);
            CountLedger(session);
        }

        for (int handle = 0; handle < handles.Count; handle++)
            CountOperation(handle);
    }

    /// <summary>Calls for each frame that a session's records name; a frame may come more than once.</summary>
    public void NamedBy(int session, Action<int> named)
    {
        int reached = (int)Volatile.Read(ref claims[session * FrameClaims.Length + 1]); // of a dead one: it stays so
        if (reached != 0)
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
        return used <= 2 ? [] : claims.Slice(start + 2, Math.Min(used, FrameClaims.Length) - 2);
    }

    private void CountClaims(int session)
    {
        // Acquire: before the cells, to which the claim moves on.
        int reached = (int)Volatile.Read(ref claims[session * FrameClaims.Length + 1]);
        if (reached != 0)
        {
            ref FrameTally tally = ref Find(reached - 1, out bool isCounted);
            if (isCounted)
                (tally.Pins, tally.IsMoving) = (tally.Pins + 1, true);
        }

        ReadOnlySpan<long> cells = ClaimsOf(session);
        for (int cell = 0; cell < cells.Length; cell++)
        {
            long claim = Volatile.Read(in cells[cell]); // acquire: before the ledger, to which the claim moves on
            if ((uint)claim == 0)
                continue;
            ref FrameTally tally = ref Find((int)(uint)claim - 1, out bool isCounted);
            if (isCounted)
                Add(ref tally, (ClaimKind)(claim >> 32));
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
            default:
                tally.IsMoving = true; // a cell that is just being written
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
            if ((int)word <= 0)
                continue;
            ref FrameTally tally = ref Find((int)word - 1, out bool isCounted);
            if (isCounted)
                tally.Pins++;
        }
    }

    // An operation has a pin on each of its frames, and a write their share-exclusive locks, once it is staged and
    // until its frames are dealt with.
    private void CountOperation(int index)
    {
        ref IoHandle handle = ref handles[index];
        IoHandleState state = handle.State;
        if (state is not (IoHandleState.Defined or IoHandleState.Staged or IoHandleState.Submitted
            or IoHandleState.CompletedIo) || handle.Arena != FrameArenas.Pool)
            return;
        foreach (int frame in handles.Frames(index))
        {
            ref FrameTally tally = ref Find(frame, out bool isCounted);
            if (!isCounted)
                continue;
            tally.Pins++;
            tally.ShareExclusive += handle.Operation == IoOperation.WriteVector ? 1 : 0;
            tally.IsMoving |= state is IoHandleState.Defined or IoHandleState.CompletedIo;
        }
    }

    private ref FrameTally Find(int frame, out bool isCounted)
    {
        isCounted = _places.TryGetValue(frame, out int place);
        return ref isCounted ? ref _tallies[place] : ref _ignored;
    }
}
