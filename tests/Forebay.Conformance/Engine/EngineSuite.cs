using Forebay.Callbacks;
using Forebay.Engine;
using Forebay.Handles;
using Shared;

namespace Forebay.Conformance.Engine;

/// <summary>
/// What every method must show through the engine, on real files. One concrete class per method; the parts:
/// transfers, results, handles, batches, waiting, awaiting, faults, stress, allocation.
/// </summary>
public abstract partial class EngineSuite(MethodFixture fixture)
{
    private const int FrameBytes = TestEngine.FrameBytes;

    private readonly ScriptedHoldPoints _holdPoints = new();

    private TestEngine NewEngine(
        int sessions = 4,
        int concurrency = 8,
        int combineMax = 8,
        params IEnumerable<(byte Id, IoCallback Callback)> callbacks)
    {
        Assert.SkipWhen(fixture.Refusal is not null, $"{fixture.Name} cannot run here: {fixture.Refusal}");
        return new TestEngine(
            fixture.Create,
            fixture.Reserve,
            sessions,
            concurrency,
            combineMax,
            holdPoints: _holdPoints,
            callbacks: callbacks);
    }

    private static void AssertOk(IoReturn outcome, int bytes)
    {
        Assert.Equal(IoStatus.Ok, outcome.Result.Status);
        Assert.Equal(bytes, outcome.Result.Value);
    }

    private static void AssertError(IoReturn outcome, uint errno)
    {
        Assert.Equal(IoStatus.Error, outcome.Result.Status);
        Assert.Equal(errno, outcome.Result.Detail);
        Assert.Equal(TransferCallback.Id, outcome.Result.CallbackId);
    }
}
