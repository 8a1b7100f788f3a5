using System.Runtime.CompilerServices;
using Forebay.Interop;
using Forebay.Primitives;

namespace Forebay.Memory;

/// <summary>
/// This process's table of frame arenas: turns the frame numbers of a handle into addresses. Ids are small numbers;
/// an arena is added before the first operation names it and removed after the last has completed.
/// </summary>
internal sealed class FrameArenas
{
    /// <summary>Most arenas at a time: the pool, the log, and each session's temporary pages.</summary>
    public const int ArenasMax = 4096;

    /// <summary>The arena of the shared buffer pool.</summary>
    public const ushort Pool = 0;

    private readonly FrameArena[] _arenas = new FrameArena[ArenasMax];
    private readonly Lock _gate = new();

    /// <summary>Puts the shared pool's frames under their fixed id.</summary>
    public void SetPool(FrameArena arena) => _arenas[Pool] = arena;

    /// <summary>Adds an arena and returns its id.</summary>
    /// <exception cref="InvalidOperationException">All ids are in use.</exception>
    public ushort Add(FrameArena arena)
    {
        lock (_gate)
        {
            for (int id = Pool + 1; id < ArenasMax; id++)
            {
                if (_arenas[id].IsValid)
                    continue;
                _arenas[id] = arena;
                return (ushort)id;
            }
        }

        throw new InvalidOperationException($"All {ArenasMax} frame arenas are in use.");
    }

    /// <summary>Removes an arena; no operation may still name it.</summary>
    public void Remove(ushort id)
    {
        lock (_gate)
            _arenas[id] = default;
    }

    /// <summary>The arena under an id; not valid if there is none.</summary>
    public FrameArena this[ushort id] => id < ArenasMax ? _arenas[id] : default;

    /// <summary>Ends the process unless each of <paramref name="frames"/> lies in the arena.</summary>
    public void CheckFrames(ushort id, ReadOnlySpan<int> frames)
    {
        int count = this[id].FrameCount;
        foreach (int frame in frames)
            Invariant.Check((uint)frame < (uint)count, "I-02: a frame number lies outside its arena", frame, count);
    }

    /// <summary>
    /// The bytes of one frame. Valid as long as the arena; who may write them is the pin holders' business.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Frame(ushort id, int frame) => this[id].Frame(frame);

    /// <summary>
    /// Builds the scatter list of a transfer of <paramref name="length"/> bytes over whole frames, starting
    /// <paramref name="skip"/> bytes into the first; neighbours in memory become one entry.
    /// </summary>
    /// <returns>Entries written; <paramref name="vectors"/> must have room for one per frame.</returns>
    public int FillVectors(ushort id, ReadOnlySpan<int> frames, int skip, int length, Span<IoVector> vectors)
    {
        FrameArena arena = this[id];
        Invariant.Check((long)skip + length <= (long)frames.Length * arena.FrameBytes,
            "I-02: a transfer is longer than its frames");
        int count = 0;
        nint runAddress = 0;
        nuint runLength = 0;
        (int first, int inFirst) = skip == 0 ? (0, 0) : Math.DivRem(skip, arena.FrameBytes); // a division is not free
        for (int i = first, within = inFirst; length > 0; i++, within = 0)
        {
            Invariant.Check((uint)frames[i] < (uint)arena.FrameCount, "I-02: a frame number lies outside its arena");
            nint address = arena.Address + (nint)((long)frames[i] * arena.FrameBytes) + within;
            int bytes = Math.Min(arena.FrameBytes - within, length);
            length -= bytes;
            if (runLength > 0 && address == runAddress + (nint)runLength)
            {
                runLength += (nuint)bytes;
                continue;
            }

            if (runLength > 0)
                vectors[count++] = new IoVector(runAddress, runLength);
            (runAddress, runLength) = (address, (nuint)bytes);
        }

        if (runLength > 0)
            vectors[count++] = new IoVector(runAddress, runLength);
        return count;
    }
}
