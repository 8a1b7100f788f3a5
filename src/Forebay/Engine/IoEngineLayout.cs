using Forebay.Handles;
using Forebay.Memory;
using Forebay.Telemetry;

namespace Forebay.Engine;

/// <summary>What the engine keeps in the segment.</summary>
internal sealed class IoEngineLayout
{
    /// <summary>Reserves the engine's regions.</summary>
    public IoEngineLayout(SegmentLayout layout, IoEngineSettings settings)
    {
        Slots = layout.Reserve<int>(settings.Sessions);
        SlotGenerations = layout.Reserve<int>(settings.Sessions);
        Activities = layout.Reserve<SessionActivity>(settings.Sessions);
        Tallies = layout.Reserve<long>(checked(settings.Sessions * SessionTally.Words));
        Handles = new IoHandleTableLayout(layout, settings.Sessions, settings.Concurrency, settings.CombineMax);
    }

    /// <summary>Session slots: process slot plus one of the process whose session has it, 0 = free.</summary>
    public SegmentRegion<int> Slots { get; }

    /// <summary>How often each session slot was opened.</summary>
    public SegmentRegion<int> SlotGenerations { get; }

    /// <summary>What each session does now.</summary>
    public SegmentRegion<SessionActivity> Activities { get; }

    /// <summary>What each session slot has counted.</summary>
    public SegmentRegion<long> Tallies { get; }

    /// <summary>Handles, frames, data words.</summary>
    public IoHandleTableLayout Handles { get; }
}
