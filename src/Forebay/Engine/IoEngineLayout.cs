using Forebay.Handles;
using Forebay.Memory;

namespace Forebay.Engine;

/// <summary>What the engine keeps in the segment.</summary>
internal sealed class IoEngineLayout
{
    /// <summary>Reserves the engine's regions.</summary>
    public IoEngineLayout(SegmentLayout layout, IoEngineSettings settings)
    {
        Slots = layout.Reserve<int>(settings.Sessions);
        SlotGenerations = layout.Reserve<int>(settings.Sessions);
        Handles = new IoHandleTableLayout(layout, settings.Sessions, settings.Concurrency, settings.CombineMax);
    }

    /// <summary>Session slots: process slot plus one of the process whose session has it, 0 = free.</summary>
    public SegmentRegion<int> Slots { get; }

    /// <summary>How often each session slot was opened.</summary>
    public SegmentRegion<int> SlotGenerations { get; }

    /// <summary>Handles, frames, data words.</summary>
    public IoHandleTableLayout Handles { get; }
}
