namespace Forebay.Conformance.Engine;

public sealed class HeldEngineTests() : EngineSuite(new HeldFixture());
