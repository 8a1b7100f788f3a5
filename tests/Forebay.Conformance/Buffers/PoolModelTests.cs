using Forebay.Buffers;
using Forebay.Storage;
using Shared;

namespace Forebay.Conformance.Buffers;

/// <summary>
/// The pool against a dictionary: seeded random operations, the contents compared, and the files at the end.
/// </summary>
public sealed class PoolModelTests
{
    private const int Steps = 700;

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public void Operations_Random_AgreeWithADictionary(string method, bool direct)
    {
        for (int round = 0; round < Stress.Factor; round++)
        {
            int seed = Stress.Seed + round;
            using PoolScenario scenario = new(method, direct, relationPages: 0, poolPages: 24,
                draft => draft.SegmentBlocks = 32);
            using ForebaySession first = scenario.Instance.OpenSession();
            using ForebaySession second = scenario.Instance.OpenSession();
            RelationFork other = scenario.Instance.Relation(new RelationLocator(1663, 5, 20_000)).Main;
            first.Create(other);
            Run(seed, scenario.Instance, [scenario.Fork, other], first, second);
            PoolFacts.AssertIdle(scenario.Instance.Pool, first.Shared, second.Shared);
        }
    }

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public void Operations_RandomOnTemporaryPages_AgreeWithADictionary(string method, bool direct)
    {
        using PoolScenario scenario = new(method, direct, relationPages: 0, poolPages: 16, draft =>
        {
            draft.SegmentBlocks = 32;
            draft.TemporaryPages = 24;
        });
        using ForebaySession session = scenario.Instance.OpenSession();
        RelationFork[] forks = [.. ((uint[])[17_000, 17_001]).Select(
            relation => session.Temporary(new RelationLocator(1663, 5, relation)))];
        Array.ForEach(forks, fork => session.Create(fork));
        Run(Stress.Seed, scenario.Instance, forks, session);
        BufferSession buffers = session.Buffers(forks[0]);
        PoolFacts.AssertIdle(buffers.Pool, buffers);
    }

    private static void Run(
        int seed, ForebayInstance instance, RelationFork[] forks, params ForebaySession[] sessions)
    {
        Random random = new(seed);
        PoolModel model = new(instance, random, forks);
        int step = 0;
        try
        {
            for (; step < Steps; step++)
                model.Step(sessions[random.Next(sessions.Length)]);
            model.Finish(sessions[0]);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException(
                $"FOREBAY_SEED={seed}, step {step}: {exception.Message}", exception);
        }
    }
}
