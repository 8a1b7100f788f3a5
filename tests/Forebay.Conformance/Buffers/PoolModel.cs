using Forebay.Buffers;
using Forebay.Storage;
using Forebay.Streams;

namespace Forebay.Conformance.Buffers;

/// <summary>
/// Forks in a pool beside a dictionary that says which version each of their pages has. Every operation is done to
/// both; what is read must be what the dictionary says.
/// </summary>
internal sealed class PoolModel(ForebayInstance instance, Random random, Func<int, RelationFork> open, int forks)
{
    private readonly Dictionary<(RelationLocator Fork, uint Block), uint> _versions = [];
    private readonly uint[] _counts = new uint[forks];
    private readonly RelationFork[] _forks = [.. Enumerable.Range(0, forks).Select(open)];
    private readonly List<(PinnedPage Page, RelationFork Fork)> _kept = [];
    private uint _version;

    /// <summary>Does one operation, chosen at random.</summary>
    public void Step(ForebaySession session)
    {
        int which = random.Next(forks);
        RelationFork fork = _forks[which];
        uint count = _counts[which];
        int choice = random.Next(100);
        if (count == 0 || choice < 8)
            Extend(session, which);
        else if (choice < 38)
            Read(session, fork, (uint)random.Next((int)count));
        else if (choice < 60)
            Change(session, fork, (uint)random.Next((int)count));
        else if (choice < 70)
            Scan(session, fork, count);
        else if (choice < 78)
            LookAheadInVain(session, fork, count);
        else if (choice < 82)
            Assert.Throws<StorageException>(() => session.Read(fork, count + (uint)random.Next(3)));
        else if (choice < 87)
            session.Flush(fork);
        else if (choice < 89)
            FlushAndForget(session, which);
        else if (choice < 92)
            Truncate(session, which, (uint)random.Next((int)count + 1));
        else if (choice < 93)
            Drop(session, which);
        else if (choice < 96)
            Assert.Equal(count, session.GetBlockCount(fork));
        else
            GiveBack(_ => true);
    }

    /// <summary>Writes all out and compares the files with the dictionary.</summary>
    public void Finish(ForebaySession session)
    {
        GiveBack(_ => true);
        for (int which = 0; which < forks; which++)
        {
            RelationFork fork = _forks[which];
            session.Flush(fork);
            Assert.Equal(_counts[which], session.GetBlockCount(fork));
            byte[] page = new byte[8192];
            for (uint block = 0; block < _counts[which]; block++)
            {
                instance.Storage.Read(fork, block, page);
                Assert.Equal(_versions[(fork.Locator, block)], PoolScenario.Expect(page, block));
            }
        }
    }

    private void Extend(ForebaySession session, int which)
    {
        RelationFork fork = _forks[which];
        int pages = random.Next(1, 6);
        for (int i = 0; i < pages; i++)
        {
            using PinnedPage page = session.Extend(fork, out LockedPage locked);
            using (locked)
                PoolScenario.Stamp(locked.Contents, page.Block, ++_version);
            Assert.Equal(_counts[which], page.Block);
            _versions[(fork.Locator, page.Block)] = _version;
            _counts[which]++;
        }
    }

    private void Read(ForebaySession session, RelationFork fork, uint block)
    {
        PinnedPage page = session.Read(fork, block);
        Assert.Equal(_versions[(fork.Locator, block)], PoolScenario.Expect(page.Span, block));
        if (_kept.Count < 3 && random.Next(3) == 0)
            _kept.Add((page, fork));
        else
            page.Dispose();
    }

    private void Change(ForebaySession session, RelationFork fork, uint block)
    {
        using PinnedPage page = session.Read(fork, block);
        using LockedPage locked = page.Lock(ContentLockMode.Exclusive);
        Assert.Equal(_versions[(fork.Locator, block)], PoolScenario.Expect(locked.Span, block));
        PoolScenario.Stamp(locked.Contents, block, ++_version);
        locked.MarkDirty();
        _versions[(fork.Locator, block)] = _version;
    }

    private void Scan(ForebaySession session, RelationFork fork, uint count)
    {
        uint first = (uint)random.Next((int)count);
        uint end = Math.Min(count, first + (uint)random.Next(1, 40));
        ReadStreamOptions options = new()
        {
            Strategy = (AccessStrategy)random.Next(4),
            Flags = (ReadStreamFlags)(random.Next(2) * (int)ReadStreamFlags.Full),
            Concurrency = random.Next(5),
        };
        using ReadStream<BlockRange> stream = session.OpenReadStream(fork, new BlockRange(first, end), options);
        uint stop = (uint)random.Next((int)first, (int)end + 1); // some end early, with reads in flight
        for (uint block = first; block < stop; block++)
        {
            Assert.True(stream.TryNext(out PinnedPage page));
            using (page)
            {
                Assert.Equal(block, page.Block);
                Assert.Equal(_versions[(fork.Locator, block)], PoolScenario.Expect(page.Span, block));
            }
        }
    }

    private void LookAheadInVain(ForebaySession session, RelationFork fork, uint count)
    {
        uint first = (uint)random.Next((int)count);
        BufferSession buffers = session.Buffers(fork);
        ReadRun run = new(buffers);
        BufferPin[] pins = new BufferPin[16];
        int blocks = (int)Math.Min(16, count - first);
        run.Start(new ReadRunRequest(fork, null, 0), first, pins, 0, ref blocks, ReadRunFlags.Advise, mayWait: false);
        run.Abandon();
        foreach (BufferPin pin in pins)
            buffers.TryUnpin(pin);
    }

    private void FlushAndForget(ForebaySession session, int which)
    {
        RelationFork fork = _forks[which];
        GiveBack(kept => kept == fork);
        session.Flush(fork);
        session.Forget(fork);
        Assert.Throws<ObjectDisposedException>(() => session.GetBlockCount(fork));
        _forks[which] = open(which);
    }

    private void Truncate(ForebaySession session, int which, uint blocks)
    {
        RelationFork fork = _forks[which];
        GiveBack(kept => kept == fork);
        session.Truncate(fork, blocks);
        Cut(which, blocks);
    }

    private void Drop(ForebaySession session, int which)
    {
        RelationFork fork = _forks[which];
        GiveBack(kept => kept == fork);
        session.Drop(fork);
        Assert.False(session.Exists(fork));
        session.Create(fork);
        Cut(which, 0);
    }

    private void Cut(int which, uint blocks)
    {
        for (uint block = blocks; block < _counts[which]; block++)
            _versions.Remove((_forks[which].Locator, block));
        _counts[which] = blocks;
    }

    private void GiveBack(Func<RelationFork, bool> which)
    {
        foreach ((PinnedPage page, RelationFork fork) in _kept.Where(entry => which(entry.Fork)))
        {
            Assert.Equal(_versions[(fork.Locator, page.Block)], PoolScenario.Expect(page.Span, page.Block));
            page.Dispose();
        }

        _kept.RemoveAll(entry => which(entry.Fork));
    }
}
