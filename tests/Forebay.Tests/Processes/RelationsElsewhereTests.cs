using Forebay.Buffers;
using Forebay.Storage;
using Forebay.Streams;
using Shared;

namespace Forebay.Tests.Processes;

/// <summary>
/// A relation is made, cut, removed and made anew by one process while others have its files open and its pages were in
/// the pool: they see what there is, never what there was.
/// </summary>
[Collection(nameof(ManyProcessesTests))]
public sealed class RelationsElsewhereTests(ITestOutputHelper output)
{
    private const int SegmentBlocks = 96;
    private const long Gone = -1;

    private static readonly RelationLocator s_locator = new(1663, 5, 16_385);

    public static TheoryData<IoMethod> Methods => ManyProcessesTests.Methods;

    [Theory]
    [MemberData(nameof(Methods))]
    public void Change_FilesAreOpenElsewhere_OthersSeeTheNewOnes(IoMethod method)
    {
        using SharedScenario scenario = new();
        using ForebayInstance instance = ForebayInstance.Open(scenario.DataDirectory, Options(scenario, method));
        RelationFork fork = instance.Relation(s_locator).Main;
        using ForebaySession session = instance.OpenSession();
        using HostProcess one = new(scenario, method, "follow", 0, 0);
        using HostProcess two = new(scenario, method, "follow", 0, 0);
        one.UntilReady();
        two.UntilReady();
        Expect(Gone, 0, one, two);

        session.Create(fork);
        Expect(0, 0, one, two);
        Grow(session, fork, 40, 1);
        session.Flush(fork);
        Expect(40, 1, one, two);

        session.Drop(fork);
        Expect(Gone, 0, one, two);

        session.Create(fork);
        Grow(session, fork, 25, 2);
        Expect(25, 2, one, two); // in the pool alone
        session.Flush(fork);
        session.Truncate(fork, 10);
        Expect(10, 2, one, two);

        session.Truncate(fork, 0);
        Grow(session, fork, 30, 3); // the same blocks, in the same files
        Expect(30, 3, one, two);

        session.Drop(fork);
        session.Create(fork); // under the same name, without a look in between
        Grow(session, fork, 150, 4);
        session.Flush(fork);
        Expect(150, 4, one, two);
        session.Truncate(fork, 50); // the second segment is gone
        Expect(50, 4, one, two);
        Grow(session, fork, 130, 4);
        Expect(130, 4, one, two);
        Leave(one, two);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Change_AnythingInAnyOrder_OthersSeeWhatThereIs(IoMethod method)
    {
        output.WriteLine($"seed {Stress.Seed}");
        Random random = new(Stress.Seed);
        using SharedScenario scenario = new();
        using ForebayInstance instance = ForebayInstance.Open(scenario.DataDirectory, Options(scenario, method));
        RelationFork fork = instance.Relation(s_locator).Main;
        using ForebaySession session = instance.OpenSession();
        using HostProcess one = new(scenario, method, "follow", 0, 0);
        using HostProcess two = new(scenario, method, "follow", 0, 0);
        one.UntilReady();
        two.UntilReady();
        long blocks = Gone;
        uint version = 0;
        for (int round = 0; round < 40 * Stress.Factor; round++)
        {
            switch (random.Next(5))
            {
                case 0 when blocks != Gone:
                    session.Drop(fork);
                    blocks = Gone;
                    break;
                case 1 when blocks > 0:
                    blocks = random.NextInt64(blocks);
                    session.Truncate(fork, (uint)blocks);
                    break;
                case 2 when blocks != Gone:
                    session.Flush(fork);
                    break;
                case 3 when blocks != Gone:
                    version = blocks == 0 ? version + 1 : version;
                    blocks = Math.Min(blocks + random.Next(1, 80), 250);
                    Grow(session, fork, (uint)blocks, version);
                    break;
                default:
                    if (blocks == Gone)
                        session.Create(fork);
                    blocks = Math.Max(blocks, 0);
                    break;
            }

            if (random.Next(2) == 0)
                Expect(blocks, blocks > 0 ? version : 0, one, two);
        }

        Leave(one, two);
    }

    private static void Expect(long blocks, long version, params HostProcess[] followers)
    {
        foreach (HostProcess follower in followers)
            follower.Go();
        foreach (HostProcess follower in followers)
        {
            follower.UntilDone();
            Assert.Equal((blocks, version), (follower.Reads, follower.Changes));
        }
    }

    private static void Leave(params HostProcess[] followers)
    {
        foreach (HostProcess follower in followers)
            follower.End();
        foreach (HostProcess follower in followers)
            follower.UntilGone();
    }

    private static void Grow(ForebaySession session, RelationFork fork, uint blocks, uint version)
    {
        while (session.GetBlockCount(fork) < blocks)
        {
            using PinnedPage page = session.Extend(fork, out LockedPage locked);
            using (locked)
                SharedScenario.Stamp(locked.Contents, page.Block, version);
        }
    }

    private static ForebayOptions Options(SharedScenario scenario, IoMethod method) => new()
    {
        Sharing = scenario.Folder.Named(SharedScenario.Name),
        BufferPoolBytes = 64 * 8192L,
        IoMethod = method,
        MaxSessions = 32,
        IoMaxConcurrency = 16,
        IoMinWorkers = 1,
        IoMaxWorkers = 4,
        IoUringRings = 2,
        SegmentBlocks = SegmentBlocks,
    };
}
