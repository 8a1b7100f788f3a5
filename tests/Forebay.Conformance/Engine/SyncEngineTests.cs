namespace Forebay.Conformance.Engine;

public sealed class SyncEngineTests() : EngineSuite(new SyncFixture());
