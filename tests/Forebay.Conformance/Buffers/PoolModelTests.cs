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
            first.Create(Other());
            Run(seed, scenario.Instance, which => which == 0 ? scenario.Again() : Other(), first, second);
            PoolFacts.AssertIdle(scenario.Instance.Pool, first.Shared, second.Shared);

            RelationFork Other() => scenario.Instance.Relation(new RelationLocator(1663, 5, 20_000)).Main;
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
        session.Create(Temporary(0));
        session.Create(Temporary(1));
        Run(Stress.Seed, scenario.Instance, Temporary, session);
        BufferSession buffers = session.Buffers(Temporary(0));
        PoolFacts.AssertIdle(buffers.Pool, buffers);

        RelationFork Temporary(int which) => session.Temporary(new RelationLocator(1663, 5, 17_000 + (uint)which));
    }

    private static void Run(
        int seed, ForebayInstance instance, Func<int, RelationFork> open, params ForebaySession[] sessions)
    {
        Random random = new(seed);
        PoolModel model = new(instance, random, open, forks: 2);
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
