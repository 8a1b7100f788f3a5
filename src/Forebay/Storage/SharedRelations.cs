using Forebay.Memory;

namespace Forebay.Storage;

/// <summary>
/// What the processes of an instance tell each other of relations: that files which others may have open are gone, and
/// who is just changing a fork.
/// </summary>
internal sealed class SharedRelations(SharedSegment segment, SharedRelationsLayout layout, int processSlot)
{
    private readonly SegmentArray<int> _generations = segment.Array(layout.GenerationNumbers);
    private readonly SegmentArray<SharedGate> _gates = segment.Array(layout.Gates);

    /// <summary>The present generation of a fork's files.</summary>
    public int GenerationOf(ForkIdentity fork) =>
        // Acquire: read before the files are opened, so that what was opened is at least as new.
        Volatile.Read(ref _generations[(int)(Hash(fork) % SharedRelationsLayout.Generations)]);

    /// <summary>What others have open of the fork is not to be used any more.</summary>
    /// <returns>The new generation.</returns>
    public int Invalidate(ForkIdentity fork) =>
        // Full fence: the files are gone before anybody learns of it.
        Interlocked.Increment(ref _generations[(int)(Hash(fork) % SharedRelationsLayout.Generations)]);

    /// <summary>Enters a gate, waiting for whoever is in it, in whatever process.</summary>
    /// <returns>What to pass to <see cref="Exit"/>.</returns>
    public int Enter(GateKind kind, ForkIdentity fork)
    {
        int gate = ((int)kind * SharedRelationsLayout.GatesPerKind)
            + (int)(Hash(fork) % SharedRelationsLayout.GatesPerKind);
        _gates[gate].Lock.Enter(processSlot);
        return gate;
    }

    /// <summary>Leaves a gate.</summary>
    public void Exit(int gate) => _gates[gate].Lock.Exit();

    /// <summary>
    /// After a death: gates that the dead process was in are free again. What it was doing there is done or not, file
    /// by file, and the files tell; but others may have some open that are gone, and nobody says so any more.
    /// </summary>
    public void TakeOver(int deadSlot)
    {
        for (int gate = 0; gate < _gates.Length; gate++)
        {
            if (!_gates[gate].Lock.TryTakeOver(deadSlot, processSlot))
                continue;
            for (int number = 0; number < _generations.Length; number++)
                Interlocked.Increment(ref _generations[number]); // full fence: before anybody else is let in
            _gates[gate].Lock.Exit();
        }
    }

    // The same in every process, unlike the runtime's own.
    private static uint Hash(ForkIdentity fork)
    {
        ulong hash = ((ulong)fork.Locator.Relation << 32 | fork.Locator.Database) * 0x9E37_79B9_7F4A_7C15;
        hash ^= ((ulong)fork.Locator.Tablespace << 8 | (byte)fork.Fork) + (ulong)(uint)fork.Session * 31;
        hash *= 0xFF51_AFD7_ED55_8CCD;
        return (uint)(hash >> 32);
    }
}
