using Forebay.Buffers;
using Forebay.Diagnostics;
using Forebay.Storage;
using Forebay.Streams;
using Shared;

namespace Forebay.Tests.Diagnostics;

public sealed class BufferViewTests
{
    [Fact]
    public void GetBuffers_PagesOfEachKind_AreTold()
    {
        using ViewScenario scenario = new(IoMethod.Sync);
        using ForebaySession session = scenario.Instance.OpenSession();
        session.Read(scenario.Fork, 3).Dispose();
        using PinnedPage dirty = session.Read(scenario.Fork, 17);
        using LockedPage locked = dirty.Lock(ContentLockMode.Exclusive);
        locked.MarkDirty();

        IReadOnlyList<BufferRow> rows = scenario.Instance.GetBuffers();

        Assert.Equal(2, rows.Count);
        BufferRow clean = rows.Single(row => row.Block == 3);
        Assert.Equal((scenario.Fork.Locator, ForkNumber.Main), (clean.Relation, clean.Fork));
        Assert.Equal((true, false, 0, 1), (clean.IsValid, clean.IsDirty, clean.Pins, clean.Usage));
        Assert.Null(clean.Locked);
        Assert.Null(clean.InProgressBy);
        BufferRow changed = rows.Single(row => row.Block == 17);
        Assert.Equal((true, true, 1), (changed.IsValid, changed.IsDirty, changed.Pins));
        Assert.Equal(ContentLockMode.Exclusive, changed.Locked);
        BufferSummary summary = scenario.Instance.GetBufferSummary();
        Assert.Equal((ViewScenario.PoolPages, 2, 1, 1, 0),
            (summary.Frames, summary.Used, summary.Dirty, summary.Pinned, summary.InProgress));
        Assert.Equal(2, summary.ByUsage[1]);
        Assert.Equal(1, summary.AverageUsage);
    }

    [Fact]
    public void GetBuffers_ReadInProgress_NamesTheHandle()
    {
        using ViewScenario scenario = new();
        using ForebaySession session = scenario.Instance.OpenSession();
        using HeldMethod.OpenScope open = scenario.Held.OpenAtEnd();
        Task read = Background.Run(() => session.OpenReadStream(scenario.Fork, new BlockRange(0, 4)).TryNext(out _));
        Background.Until(() => scenario.Held.Held.Length > 0, "a read is submitted");

        int handle = scenario.Held.Held[0];
        BufferRow row = scenario.Instance.GetBuffers().First(row => row.Block == 0);

        Assert.Equal(handle, row.InProgressBy);
        Assert.False(row.IsValid);
        Assert.True(row.Pins >= 2); // the stream's and the operation's own
        scenario.Held.Open();
        Background.Join(read);
    }

    [Fact]
    public void GetBuffers_WhilePagesAreReplaced_NoRowIsTorn()
    {
        // Two relations whose numbers go with their blocks: even blocks of the one, odd ones of the other.
        using ViewScenario scenario = new(IoMethod.Sync, poolPages: 16, secondRelation: true);
        RelationFork other = scenario.Instance.Relation(new RelationLocator(1664, 0, ViewScenario.Relation + 1)).Main;
        int rounds = 20_000 * Stress.Factor;
        int working = 2;
        Task[] workers = [Background.Run(() => Work(1)), Background.Run(() => Work(2))];
        long seen = 0;
        while (Volatile.Read(ref working) > 0)
        {
            foreach (BufferRow row in scenario.Instance.GetBuffers())
            {
                RelationLocator expected = row.Block % 2 == 0 ? scenario.Fork.Locator : other.Locator;
                Assert.Equal(expected, row.Relation);
                Assert.InRange(row.Usage, 0, 5);
                Assert.InRange(row.Pins, 0, 8);
                seen++;
            }
        }

        foreach (Task worker in workers)
            Background.Join(worker);
        Assert.True(seen > 0, "no row was ever seen: the test proves nothing");

        void Work(int seed)
        {
            Random random = new(seed);
            using ForebaySession session = scenario.Instance.OpenSession();
            try
            {
                for (int round = 0; round < rounds; round++)
                {
                    uint block = (uint)random.Next(ViewScenario.Blocks);
                    session.Read(block % 2 == 0 ? scenario.Fork : other, block).Dispose();
                }
            }
            finally
            {
                Interlocked.Decrement(ref working);
            }
        }
    }

    [Fact]
    public void GetBuffers_ManyFrames_TellsThemAll()
    {
        using ViewScenario scenario = new(IoMethod.Sync);
        using ForebaySession session = scenario.Instance.OpenSession();
        for (uint block = 0; block < ViewScenario.Blocks; block++)
            session.Read(scenario.Fork, block).Dispose();
        Assert.Equal(Enumerable.Range(0, ViewScenario.Blocks),
            scenario.Instance.GetBuffers().Select(row => (int)row.Block).Order());
    }
}
