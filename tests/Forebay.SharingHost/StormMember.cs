using System.Buffers.Binary;
using Forebay.Buffers;
using Forebay.Processes;
using Forebay.Storage;
using Forebay.Streams;

namespace Forebay.SharingHost;

/// <summary>
/// A member that is to be killed, or to survive others that are: works until it is told to end. Every page it locks
/// must be the block that was asked for, of one version, the one in the <see cref="VersionBook"/>.
/// <code>
/// read    reads single pages and streams            write   changes pages, too, and flushes now and then
/// async   as write, awaiting                        grow    adds pages to a second relation, and cuts it
/// mixed   one thread of each
/// </code>
/// </summary>
internal sealed class StormMember : IDisposable
{
    private const int Stride = 512;
    private const uint GrownMax = 150;

    private static readonly string[] s_mixture = ["write", "read", "async", "grow"];

    private readonly HostArguments _arguments;
    private readonly Orders _orders;
    private readonly ForebayInstance _instance;
    private readonly RelationFork _fork;
    private readonly RelationFork _grown;
    private readonly VersionBook _book;
    private readonly uint _blocks;
    private string? _stopReason;
    private long _reads;
    private long _changes;

    public StormMember(HostArguments arguments, Orders orders)
    {
        _arguments = arguments;
        _orders = orders;
        _book = new VersionBook(arguments.Data);
        _instance = ForebayInstance.Open(arguments.Data, arguments.Options());
        _fork = _instance.Relation(new RelationLocator(1663, 5, 16_384)).Main;
        _grown = _instance.Relation(new RelationLocator(1663, 5, 16_385)).Main;
        using ForebaySession session = _instance.OpenSession();
        _blocks = session.GetBlockCount(_fork);
    }

    /// <summary>Whether a word is a work of this kind.</summary>
    public static bool Does(string work) => work.StartsWith("storm-", StringComparison.Ordinal);

    public string Result => _stopReason is { } reason
        ? $"stopped {reason}"
        : $"done reads={Interlocked.Read(ref _reads)} changes={Interlocked.Read(ref _changes)}";

    public void Run()
    {
        string role = _arguments.Work["storm-".Length..];
        List<Thread> threads = [];
        for (int i = 0; i < _arguments.Sessions; i++)
        {
            Random random = new(_arguments.Seed * 100 + i);
            string work = role == "mixed" ? s_mixture[i % s_mixture.Length] : role;
            Thread thread = new(() => Guarded(work, random));
            thread.Start();
            threads.Add(thread);
        }

        threads.ForEach(static thread => thread.Join());
    }

    public void Dispose()
    {
        _instance.Dispose();
        _book.Dispose();
    }

    private void Guarded(string work, Random random)
    {
        try
        {
            while (!_orders.IsEnding)
            {
                using ForebaySession session = _instance.OpenSession();
                for (int step = random.Next(20, 400); step > 0 && !_orders.IsEnding; step--)
                    Step(work, session, random);
            }

            if (work is "write" or "async")
            {
                using ForebaySession last = _instance.OpenSession();
                last.Flush(_fork);
            }
        }
        catch (InstanceStoppedException stopped)
        {
            _stopReason = stopped.Message; // any of them
        }
        catch (Exception exception)
        {
            Console.Error.WriteLine(exception);
            Environment.FailFast(exception.Message);
        }
    }

    private void Step(string work, ForebaySession session, Random random)
    {
        switch (work)
        {
            case "read" when random.Next(10) == 0:
                Scan(session, random);
                break;
            case "read":
                Visit(session, (uint)random.Next((int)_blocks), change: false);
                break;
            case "write" when random.Next(200) == 0:
                session.Flush(_fork);
                break;
            case "write":
                Visit(session, (uint)random.Next((int)_blocks), random.Next(3) == 0);
                break;
            case "async":
                VisitAsync(session, (uint)random.Next((int)_blocks), random.Next(3) == 0).AsTask().GetAwaiter()
                    .GetResult();
                break;
            case "grow":
                Grow(session, random);
                break;
            default:
                throw new ArgumentException($"No such work: {work}");
        }
    }

    private void Scan(ForebaySession session, Random random)
    {
        uint first = (uint)random.Next((int)_blocks);
        uint count = Math.Min((uint)random.Next(1, 64), _blocks - first);
        using ReadStream stream = session.OpenReadStream(_fork, new BlockRange(first, first + count));
        while (stream.TryNext(out PinnedPage page))
        {
            using (page)
            using (page.Lock(ContentLockMode.Shared))
                Look(page.Span, page.Block);
        }
    }

    private void Visit(ForebaySession session, uint block, bool change)
    {
        using PinnedPage page = session.Read(_fork, block);
        using LockedPage locked = page.Lock(change ? ContentLockMode.Exclusive : ContentLockMode.Shared);
        Look(page.Span, block);
        if (change)
            Change(locked, block);
    }

    private async ValueTask VisitAsync(ForebaySession session, uint block, bool change)
    {
        using PinnedPage page = await session.ReadAsync(_fork, block);
        using LockedPage locked = await page.LockAsync(change ? ContentLockMode.Exclusive : ContentLockMode.Shared);
        Look(page.Span, block);
        if (change)
            Change(locked, block);
    }

    // Who dies between adding a page and writing it leaves a page of zeros, which is one that nobody has written yet.
    private void Grow(ForebaySession session, Random random)
    {
        uint count = session.GetBlockCount(_grown);
        if (count > 0 && random.Next(2) == 0)
        {
            try
            {
                uint block = (uint)random.Next((int)count);
                using PinnedPage seen = session.Read(_grown, block);
                using LockedPage shared = seen.Lock(ContentLockMode.Shared);
                LookGrown(seen.Span, block);
            }
            catch (StorageException)
            {
                // cut meanwhile
            }
        }
        else if (count < GrownMax)
        {
            using PinnedPage page = session.Extend(_grown, out LockedPage locked);
            using (locked)
                Stamp(locked.Contents, page.Block, 1);
            Interlocked.Increment(ref _changes);
        }
        else
        {
            try
            {
                session.Truncate(_grown, GrownMax / 3);
            }
            catch (InvalidOperationException)
            {
                // somebody has a page of it pinned
            }
        }
    }

    private void Change(LockedPage locked, uint block)
    {
        uint version = _book[block] + 1;
        Stamp(locked.Contents, block, version);
        locked.MarkDirty();
        _book[block] = version;
        Interlocked.Increment(ref _changes);
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

        Interlocked.Increment(ref _reads);
    }

    private void LookGrown(ReadOnlySpan<byte> page, uint block)
    {
        uint version = BinaryPrimitives.ReadUInt32LittleEndian(page[4..]);
        for (int at = 0; at < page.Length; at += Stride)
        {
            uint thisBlock = BinaryPrimitives.ReadUInt32LittleEndian(page[at..]);
            uint thisVersion = BinaryPrimitives.ReadUInt32LittleEndian(page[(at + 4)..]);
            if (version > 1 || thisVersion != version || thisBlock != (version == 0 ? 0 : block))
                throw new InvalidDataException($"Grown block {block} at {at}: block {thisBlock}, {thisVersion}.");
        }

        Interlocked.Increment(ref _reads);
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
