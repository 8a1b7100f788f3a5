namespace Forebay.Conformance.Engine;

public sealed class WorkerEngineTests() : EngineSuite(new WorkerFixture());
