using Forebay.Methods.IoUring;

namespace Forebay.Conformance.Engine;

/// <summary>Two requests at a time through rings of two entries, nothing registered: everything overflows.</summary>
public sealed class NarrowIoUringEngineTests() : EngineSuite(new IoUringFixture(new IoUringOptions
{
    Rings = 2,
    RingEntries = 2,
    CompletionEntries = 2,
    DeviceBudget = 2,
    RegisterBuffers = false,
    RegisterFiles = false,
}));
