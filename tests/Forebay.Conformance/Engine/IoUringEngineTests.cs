using Forebay.Methods.IoUring;

namespace Forebay.Conformance.Engine;

public sealed class IoUringEngineTests() : EngineSuite(new IoUringFixture(new IoUringOptions()));
