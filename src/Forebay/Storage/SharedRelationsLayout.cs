using Forebay.Memory;

namespace Forebay.Storage;

/// <summary>What processes that share an instance keep of relations in the segment.</summary>
internal sealed class SharedRelationsLayout
{
    /// <summary>Relations that share a number are opened anew once too often, never once too seldom.</summary>
    public const int Generations = 4096;

    /// <summary>Gates of each kind.</summary>
    public const int GatesPerKind = 64;

    /// <summary>Reserves them.</summary>
    public SharedRelationsLayout(SegmentLayout layout)
    {
        GenerationNumbers = layout.Reserve<int>(Generations);
        SyncFailures = layout.Reserve<long>(Generations);
        Gates = layout.Reserve<SharedGate>(GatesPerKind * Enum.GetValues<GateKind>().Length);
    }

    /// <summary>A number that goes up when files of a fork are removed, cut or made anew.</summary>
    public SegmentRegion<int> GenerationNumbers { get; }

    /// <summary>
    /// The errno of a sync that has failed, with half a hash of whose it was in the high half: the fork's, or
    /// everybody's of that number after a second one.
    /// </summary>
    public SegmentRegion<long> SyncFailures { get; }

    /// <summary>Gates, kind by kind.</summary>
    public SegmentRegion<SharedGate> Gates { get; }
}
