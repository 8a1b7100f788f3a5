using Forebay.Primitives;

namespace Forebay.Tests.Processes;

/// <summary>Which work comes by which point. A point that is in no row fails a test.</summary>
internal static class PointTable
{
    private static readonly HashSet<DeathPoint> s_mayStop =
    [
        DeathPoint.LockedExclusive, DeathPoint.PageHalfChanged, DeathPoint.MarkedDirty, DeathPoint.LeavingExclusive,
        DeathPoint.GrowthValid, DeathPoint.IdleUnemptied, DeathPoint.PinInLedgerAndClaims,
    ];

    private static readonly HashSet<DeathPoint> s_seldom =
    [
        DeathPoint.SegmentToBeCut, DeathPoint.CutForgotten, DeathPoint.CutNotSaid, DeathPoint.DropForgotten,
        DeathPoint.SegmentUnlinked, DeathPoint.UnlinkNotSaid, DeathPoint.CreatedNotSaid,
        DeathPoint.SessionSlotTaken, DeathPoint.SessionOpened,
        DeathPoint.ShareChanged, DeathPoint.SessionUncounted, DeathPoint.SessionSlotFree,
    ];

    private static readonly DeathPoint[] s_ofWorkers =
    [
        DeathPoint.WorkerNamed, DeathPoint.WorkerHeadMoved, DeathPoint.WorkerTook, DeathPoint.WorkerExecutes,
        DeathPoint.WorkerExecutesForAnother, DeathPoint.FileOpened, DeathPoint.RawResultWritten, DeathPoint.CompletedIo,
        DeathPoint.ReadEnded, DeathPoint.WriteEnded, DeathPoint.WriteUnlocked, DeathPoint.WriteUnpinned,
        DeathPoint.SharedHooksRun, DeathPoint.CompletedShared, DeathPoint.WorkerFellIdle,
    ];

    // Where somebody has to have died for the one who takes over to come by.
    private static readonly Dictionary<DeathPoint, (DeathPoint First, string Work, IoMethod? Method)> s_firstOf = new()
    {
        [DeathPoint.TakeoverMappingLocked] = (DeathPoint.TagMadeValid, "work", null),
        [DeathPoint.TakeoverMappingRepaired] = (DeathPoint.TagMadeInvalid, "work", null),
        [DeathPoint.TakeoverGateTaken] = (DeathPoint.GrowthFileGrown, "work", null),
        [DeathPoint.TakeoverWorkerStruck] = (DeathPoint.WorkerHeadMoved, "work", IoMethod.Worker),
        [DeathPoint.TakeoverQueueHeld] = (DeathPoint.Queued, "work", IoMethod.Worker),
        [DeathPoint.TakeoverQueueFree] = (DeathPoint.Queued, "work", IoMethod.Worker),
        [DeathPoint.TakeoverReclaimed] = (DeathPoint.WorkerExecutesForAnother, "serve", IoMethod.Worker),
        [DeathPoint.TakeoverReadAgain] = (DeathPoint.PageHalfChanged, "change", null),
        [DeathPoint.TakeoverFramesEnded] = (DeathPoint.CompletedIo, "work", null),
        [DeathPoint.TakeoverConcluded] = (DeathPoint.CompletedIo, "work", null),
        [DeathPoint.TakeoverEnded] = (DeathPoint.Defined, "work", null),
    };

    /// <summary>All rows.</summary>
    public static IReadOnlyList<PointRow> Rows { get; } = [.. All()];

    private static IEnumerable<PointRow> All()
    {
        for (DeathPoint point = DeathPoint.LookedUpLocked; point < DeathPoint.PlaceLocked; point++)
        {
            if (IsOfMethods(point))
            {
                yield return new PointRow(point, "work", IoMethod.Worker);
                yield return new PointRow(point, "work", IoMethod.IoUring);
            }
            else if (point is not (DeathPoint.WorkerReserved or DeathPoint.WorkerRegistered or DeathPoint.RingFileLocked
                or DeathPoint.RingFileSaid or DeathPoint.RingsClosed or DeathPoint.WorkerExecutesForAnother))
            {
                yield return new PointRow(point, "work", MethodOf(point), s_mayStop.Contains(point),
                    Passings: s_seldom.Contains(point) ? 2 : 8);
            }
        }

        foreach (DeathPoint point in s_ofWorkers)
            yield return new PointRow(point, "serve", IoMethod.Worker, Passings: 4);
        foreach (PointRow row in Coming().Concat(Leaving()).Concat(Taking()))
            yield return row;
    }

    // Under sync all is staged and executed in place.
    private static bool IsOfMethods(DeathPoint point) => point is DeathPoint.Staged or DeathPoint.MethodHasIt;

    private static IoMethod? MethodOf(DeathPoint point)
    {
        if (point is >= DeathPoint.QueueLocked and <= DeathPoint.WorkerFellIdle)
            return IoMethod.Worker;
        if (point is >= DeathPoint.RingFileLocked and <= DeathPoint.RingsClosed)
            return IoMethod.IoUring;
        return point == DeathPoint.StagedInPlace ? IoMethod.Sync : null;
    }

    private static IEnumerable<PointRow> Coming()
    {
        for (DeathPoint point = DeathPoint.PlaceLocked; point <= DeathPoint.SegmentNotReady; point++)
        {
            yield return new PointRow(point, "attach", Passings: 1);
            yield return new PointRow(point, "create", Passings: 1);
        }

        yield return new PointRow(DeathPoint.WorkerReserved, "attach", IoMethod.Worker, Passings: 1);
        yield return new PointRow(DeathPoint.WorkerRegistered, "attach", IoMethod.Worker, Passings: 1);
        yield return new PointRow(DeathPoint.RingFileLocked, "attach", IoMethod.IoUring, Passings: 1);
        yield return new PointRow(DeathPoint.RingFileSaid, "attach", IoMethod.IoUring, Passings: 1);
    }

    private static IEnumerable<PointRow> Leaving()
    {
        for (DeathPoint point = DeathPoint.LeavingSlot; point <= DeathPoint.LeavingSegment; point++)
            yield return new PointRow(point, "leave", Passings: 1);
        yield return new PointRow(DeathPoint.RingsClosed, "leave", IoMethod.IoUring, Passings: 1);
    }

    private static IEnumerable<PointRow> Taking()
    {
        for (DeathPoint point = DeathPoint.TakeoverGateHeld; point <= DeathPoint.TakeoverSlotFree; point++)
        {
            (DeathPoint first, string work, IoMethod? method) = s_firstOf.GetValueOrDefault(
                point, (DeathPoint.HitNoted, "work", null));
            yield return new PointRow(point, point == DeathPoint.TakeoverReclaimed ? "read" : "watch", method,
                First: first, FirstWork: work, Passings: 1);
        }
    }
}
