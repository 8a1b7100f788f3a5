using Forebay.Memory;
using Forebay.Primitives;

namespace Forebay.Storage;

/// <summary>
/// What the processes of an instance tell each other of relations: that files which others may have open are gone, and
/// who is just changing a fork.
/// </summary>
/// <param name="segment">The segment.</param>
/// <param name="layout">Its regions.</param>
/// <param name="processSlot">Slot of this process.</param>
/// <param name="checkStopped">Throws if the instance has stopped.</param>
internal sealed class SharedRelations(
    SharedSegment segment, SharedRelationsLayout layout, int processSlot, Action checkStopped)
{
    private const int LookMs = 100;

    private readonly SegmentArray<int> _generations = segment.Array(layout.GenerationNumbers);
    private readonly SegmentArray<SharedGate> _gates = segment.Array(layout.Gates);
    private readonly SegmentArray<long> _syncFailures = segment.Array(layout.SyncFailures);

    /// <summary>The present generation of a fork's files.</summary>
    public int GenerationOf(ForkIdentity fork) =>
        // Acquire: read before the files are opened, so that what was opened is at least as new.
        Volatile.Read(ref _generations[(int)(Hash(fork) % SharedRelationsLayout.Generations)]);

    /// <summary>What others have open of the fork is not to be used any more.</summary>
    /// <returns>The new generation.</returns>
    public int Invalidate(ForkIdentity fork) =>
        // Full fence: the files are gone before anybody learns of it.
        Interlocked.Increment(ref _generations[(int)(Hash(fork) % SharedRelationsLayout.Generations)]);

    /// <summary>
    /// Enters a gate, waiting for whoever is in it, in whatever process; he may be in the middle of I/O, or stopped.
    /// </summary>
    /// <returns>What to pass to <see cref="Exit"/>.</returns>
    public int Enter(GateKind kind, ForkIdentity fork, CancellationToken cancellationToken)
    {
        int gate = ((int)kind * SharedRelationsLayout.GatesPerKind)
            + (int)(Hash(fork) % SharedRelationsLayout.GatesPerKind);
        while (!_gates[gate].Lock.TryEnterFor(processSlot, LookMs))
        {
            cancellationToken.ThrowIfCancellationRequested();
            checkStopped();
        }

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
            DeathPoints.Reach(DeathPoint.TakeoverGateTaken);
            for (int number = 0; number < _generations.Length; number++)
                Interlocked.Increment(ref _generations[number]); // full fence: before anybody else is let in
            _gates[gate].Lock.Exit();
        }
    }

    /// <summary>Gates that a process is in; a hint.</summary>
    public int GatesOf(int process)
    {
        int count = 0;
        for (int gate = 0; gate < _gates.Length; gate++)
            count += _gates[gate].Lock.IsHeldBy(process) ? 1 : 0;
        return count;
    }

    /// <summary>A sync of the fork has failed: the kernel says so once, so nobody may trust the next one.</summary>
    public void MarkSyncFailed(ForkIdentity fork, int errno)
    {
        const long Anybodys = (long)uint.MaxValue << 32;
        ref long word = ref FailureOf(fork, out long mark);
        long seen;
        long next;
        do
        {
            seen = Volatile.Read(ref word); // acquire: it says whose it is
            next = seen == 0 || (seen & Anybodys) == mark ? mark | (uint)errno : Anybodys | (uint)errno;
        }
        while (Interlocked.CompareExchange(ref word, next, seen) != seen); // full fence: before its issuer is told
    }

    /// <summary>What a sync of the fork has failed with, in whatever process; zero if none has.</summary>
    public int SyncErrnoOf(ForkIdentity fork)
    {
        long seen = Volatile.Read(ref FailureOf(fork, out long mark)); // acquire: a failure seen counts
        return (seen >>> 32) == (mark >>> 32) || seen >>> 32 == uint.MaxValue ? (int)seen : 0;
    }

    /// <summary>The fork's files are gone, and their failure with them.</summary>
    public void ForgetSyncFailure(ForkIdentity fork)
    {
        ref long word = ref FailureOf(fork, out long mark);
        long seen = Volatile.Read(ref word); // acquire: it says whose it is
        if ((seen >>> 32) == (mark >>> 32))
            Interlocked.CompareExchange(ref word, 0, seen); // full fence; if it has moved it is another failure's
    }

    private ref long FailureOf(ForkIdentity fork, out long mark)
    {
        ulong hash = WholeHash(fork);
        mark = (long)Math.Max(1, (uint)hash >> 1) << 32; // never zero, and never everybody's
        return ref _syncFailures[(int)((uint)(hash >> 32) % SharedRelationsLayout.Generations)];
    }

    // The same in every process, unlike the runtime's own.
    private static uint Hash(ForkIdentity fork) => (uint)(WholeHash(fork) >> 32);

    private static ulong WholeHash(ForkIdentity fork)
    {
        ulong hash = ((ulong)fork.Locator.Relation << 32 | fork.Locator.Database) * 0x9E37_79B9_7F4A_7C15;
        hash ^= ((ulong)fork.Locator.Tablespace << 8 | (byte)fork.Fork) + (ulong)(uint)fork.Session * 31;
        hash *= 0xFF51_AFD7_ED55_8CCD;
        return hash;
    }
}
