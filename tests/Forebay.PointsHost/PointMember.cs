using System.Buffers.Binary;
using Forebay.Buffers;
using Forebay.Primitives;
using Forebay.SharingHost;
using Forebay.Storage;
using Forebay.Streams;

namespace Forebay.PointsHost;

/// <summary>
/// A member that comes by every point again and again: reads, changes and writes pages, adds, cuts, makes and drops
/// relations, opens and closes sessions. Beside that it has some pages pinned and locked shared, for its death to leave
/// something behind.
/// <code>
/// work     all of it, until it dies                attach   dies before it comes to anything
/// read     reads only, until it dies               leave    all of it for a while, then leaves
/// serve    what others have submitted              watch    as serve, and dies when it takes over from another one
/// change   changes a page that others keep         hot0     as work, at few pages; hot1: with relations of its own
/// one      reads one page, and says its version    grow     adds a page
/// </code>
/// </summary>
internal sealed class PointMember : IDisposable
{
    /// <summary>Blocks that are read only, so that they can be kept locked.</summary>
    public const uint Kept = 4;

    /// <summary>The block that is read by who reads one.</summary>
    public const uint One = 5;

    private const uint Hot = Kept + 6;
    private const int Stride = 512;
    private const uint GrownMax = 40;

    private readonly HostArguments _arguments;
    private readonly Orders _orders;
    private readonly DeathWish _wish;
    private readonly ForebayInstance _instance;
    private readonly RelationFork _fork;
    private readonly RelationFork _grown;
    private readonly RelationFork _dropped;
    private readonly VersionBook _book;
    private readonly uint _all;
    private readonly uint _blocks;

    public PointMember(HostArguments arguments, Orders orders, DeathWish wish)
    {
        _arguments = arguments;
        _orders = orders;
        _wish = wish;
        _book = new VersionBook(arguments.Data);
        _instance = ForebayInstance.Open(arguments.Data, arguments.Options());
        _fork = Relation(16_384);
        _grown = Relation(arguments.Work == "hot1" ? 16_395u : 16_385u);
        _dropped = Relation(arguments.Work == "hot1" ? 16_396u : 16_386u);
        using ForebaySession session = _instance.OpenSession();
        _all = session.GetBlockCount(_fork);
        _blocks = arguments.Work is "hot0" or "hot1" ? Hot : _all;
    }

    public void Run()
    {
        using ForebaySession keeping = _instance.OpenSession();
        List<PinnedPage> pages = [];
        List<LockedPage> locks = [];
        for (uint block = 0; block < Kept; block++)
        {
            PinnedPage page = keeping.Read(_fork, block);
            pages.Add(page);
            if (block % 2 == 0)
                locks.Add(page.Lock(ContentLockMode.Shared));
        }

        Console.WriteLine("keeping");
        if (_arguments.Work is not "leave")
            _wish.Arm();
        switch (_arguments.Work)
        {
            case "serve" or "watch":
                _orders.Take(); // which does not come
                break;
            case "change":
                Change(keeping, Kept - 1); // which others keep, too
                break;
            case "one":
                ReadOne();
                break;
            case "grow":
                Add(keeping, _grown);
                break;
            default:
                WorkOn();
                break;
        }

        locks.ForEach(static locked => locked.Dispose());
        pages.ForEach(static page => page.Dispose());
    }

    public void Dispose()
    {
        _instance.Dispose();
        _book.Dispose();
    }

    private void WorkOn()
    {
        List<Thread> threads = [];
        for (int i = 0; i < _arguments.Sessions; i++)
        {
            Random random = new(_arguments.Seed * 100 + i);
            Thread thread = new(() => Guarded(random));
            thread.Start();
            threads.Add(thread);
        }

        threads.ForEach(static thread => thread.Join());
    }

    // By a stream, which has the method read it, not this thread.
    private void ReadOne()
    {
        using ForebaySession session = _instance.OpenSession();
        using ReadStream stream = session.OpenReadStream(_fork, new BlockRange(One, One + 1));
        if (!stream.TryNext(out PinnedPage page))
            throw new InvalidDataException($"Block {One} is not there.");
        using (page)
        using (page.Lock(ContentLockMode.Shared))
        {
            Look(page.Span, One);
            Console.WriteLine($"read {_book[One]}");
        }
    }

    private RelationFork Relation(uint number) => _instance.Relation(new RelationLocator(1663, 5, number)).Main;

    private void Guarded(Random random)
    {
        try
        {
            int left = _arguments.Operations;
            while (left > 0)
            {
                using ForebaySession session = _instance.OpenSession();
                for (int step = random.Next(10, 60); step > 0 && left > 0; step--, left--)
                    Step(session, random);
            }
        }
        catch (Exception exception)
        {
            Console.Error.WriteLine(exception);
            Environment.FailFast(exception.Message);
        }
    }

    private void Step(ForebaySession session, Random random)
    {
        bool isReader = _arguments.Work == "read";
        switch (isReader ? random.Next(10) : random.Next(30))
        {
            case 0 or 1:
                Scan(session, random);
                break;
            case < 12:
                Look(session, (uint)random.Next((int)_blocks), ContentLockMode.Shared);
                break;
            case < 20:
                Change(session, (uint)random.Next((int)Kept, (int)_blocks));
                break;
            case < 22:
                session.Flush(_fork);
                break;
            case < 26:
                Grow(session);
                break;
            case 26:
                Drop(session);
                break;
            case 27:
                Look(session, (uint)random.Next((int)Kept, (int)_blocks), ContentLockMode.ShareExclusive);
                break;
            default:
                session.Sync(_fork);
                break;
        }
    }

    private void Scan(ForebaySession session, Random random)
    {
        uint first = (uint)random.Next((int)_all);
        uint count = Math.Min((uint)random.Next(1, 64), _all - first);
        using ReadStream stream = session.OpenReadStream(_fork, new BlockRange(first, first + count));
        while (stream.TryNext(out PinnedPage page))
        {
            using (page)
            using (page.Lock(ContentLockMode.Shared))
                Look(page.Span, page.Block);
        }
    }

    private void Look(ForebaySession session, uint block, ContentLockMode mode)
    {
        using PinnedPage page = session.Read(_fork, block);
        using LockedPage locked = page.Lock(mode);
        Look(page.Span, block);
    }

    private void Change(ForebaySession session, uint block)
    {
        using PinnedPage page = session.Read(_fork, block);
        using Lock.Scope change = _wish.EnterChange();
        using LockedPage locked = page.Lock(ContentLockMode.Exclusive);
        Look(page.Span, block);
        uint version = _book[block] + 1;
        Stamp(locked.Contents[..(locked.Contents.Length / 2)], block, version);
        DeathPoints.Reach(DeathPoint.PageHalfChanged);
        Stamp(locked.Contents, block, version);
        locked.MarkDirty();
        _book[block] = version;
    }

    private void Grow(ForebaySession session)
    {
        if (session.GetBlockCount(_grown) >= GrownMax)
        {
            session.Truncate(_grown, GrownMax / 2);
            return;
        }

        Add(session, _grown);
    }

    private void Add(ForebaySession session, RelationFork fork)
    {
        using Lock.Scope change = _wish.EnterChange();
        using PinnedPage page = session.Extend(fork, out LockedPage locked);
        using (locked)
            Stamp(locked.Contents, page.Block, 1);
    }

    private void Drop(ForebaySession session)
    {
        session.Create(_dropped, existsIsFine: true);
        Add(session, _dropped);
        session.Flush(_dropped);
        session.Drop(_dropped);
    }

    private void Look(ReadOnlySpan<byte> page, uint block)
    {
        uint expected = _book[block];
        for (int at = 0; at < page.Length; at += Stride)
        {
            uint thisBlock = BinaryPrimitives.ReadUInt32LittleEndian(page[at..]);
            uint thisVersion = BinaryPrimitives.ReadUInt32LittleEndian(page[(at + 4)..]);
            if (thisBlock != block || thisVersion != expected)
            {
                throw new InvalidDataException($"Block {block} at {at}: block {thisBlock}, version {thisVersion} "
                    + $"instead of {expected}.");
            }
        }
    }

    private static void Stamp(Span<byte> page, uint block, uint version)
    {
        for (int at = 0; at < page.Length; at += Stride)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(page[at..], block);
            BinaryPrimitives.WriteUInt32LittleEndian(page[(at + 4)..], version);
        }
    }
}
