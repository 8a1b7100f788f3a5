using System.Buffers.Binary;
using Forebay.Buffers;
using Forebay.Storage;
using Forebay.Streams;

namespace Forebay.SharingHost;

/// <summary>
/// Reads and changes pages that say which block they are and how often they were changed: a page that says another
/// block, or two versions at once, or an older version than was seen before, ends the process with a sentence.
/// </summary>
internal sealed class Member : IDisposable
{
    private readonly HostArguments _arguments;
    private readonly ForebayInstance _instance;
    private readonly RelationFork _fork;
    private readonly uint _blocks;
    private long _reads;
    private long _changes;

    public Member(HostArguments arguments)
    {
        _arguments = arguments;
        _instance = ForebayInstance.Open(arguments.Data, arguments.Options());
        _fork = _instance.Relation(new RelationLocator(1663, 5, 16_384)).Main;
        using ForebaySession session = _instance.OpenSession();
        _blocks = session.GetBlockCount(_fork);
    }

    public long Reads => Interlocked.Read(ref _reads);

    public long Changes => Interlocked.Read(ref _changes);

    public void Run()
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

    public void Dispose() => _instance.Dispose();

    private void Guarded(Random random)
    {
        try
        {
            using ForebaySession session = _instance.OpenSession();
            Work work = new(this, session, random);
            switch (_arguments.Work)
            {
                case "scan":
                    work.Scan();
                    break;
                case "mixed":
                    work.Mix();
                    break;
                case "async":
                    work.MixAsync().GetAwaiter().GetResult();
                    break;
                case "grow":
                    work.Grow();
                    break;
                default:
                    throw new ArgumentException($"No such work: {_arguments.Work}");
            }
        }
        catch (Exception exception)
        {
            Console.Error.WriteLine(exception);
            Environment.FailFast(exception.Message);
        }
    }

    private sealed class Work(Member member, ForebaySession session, Random random)
    {
        private const int Stride = 512;

        private readonly uint[] _seen = new uint[member._blocks];

        private int Operations => member._arguments.Operations;

        public void Scan()
        {
            for (int done = 0; done < Operations;)
            {
                using ReadStream stream = session.OpenReadStream(member._fork, BlockRange.All);
                while (stream.TryNext(out PinnedPage page))
                {
                    using (page)
                    using (page.Lock(ContentLockMode.Shared))
                        Look(page.Span, page.Block);
                    done++;
                }
            }
        }

        public void Mix()
        {
            for (int done = 0; done < Operations; done++)
            {
                uint block = Next();
                using PinnedPage page = session.Read(member._fork, block);
                bool change = random.Next(3) == 0;
                using LockedPage locked = page.Lock(change ? ContentLockMode.Exclusive : ContentLockMode.Shared);
                Look(page.Span, block);
                if (change)
                    Change(locked, block);
            }

            session.Flush(member._fork);
        }

        public async Task MixAsync()
        {
            for (int done = 0; done < Operations; done++)
            {
                uint block = Next();
                using PinnedPage page = await session.ReadAsync(member._fork, block);
                bool change = random.Next(3) == 0;
                using LockedPage locked =
                    await page.LockAsync(change ? ContentLockMode.Exclusive : ContentLockMode.Shared);
                Look(page.Span, block);
                if (change)
                    Change(locked, block);
            }

            await session.FlushAsync(member._fork);
        }

        public void Grow()
        {
            for (int done = 0; done < Operations; done++)
            {
                using PinnedPage page = session.Extend(member._fork, out LockedPage locked);
                using (locked)
                    Stamp(locked.Contents, page.Block, 1);
                Interlocked.Increment(ref member._changes);
            }

            session.Flush(member._fork);
        }

        private uint Next() => (uint)random.Next((int)member._blocks);

        private void Change(LockedPage locked, uint block)
        {
            uint version = BinaryPrimitives.ReadUInt32LittleEndian(locked.Contents[4..]) + 1;
            Stamp(locked.Contents, block, version);
            locked.MarkDirty();
            _seen[block] = version;
            Interlocked.Increment(ref member._changes);
        }

        private void Look(ReadOnlySpan<byte> page, uint block)
        {
            uint version = BinaryPrimitives.ReadUInt32LittleEndian(page[4..]);
            for (int at = 0; at < page.Length; at += Stride)
            {
                uint thisBlock = BinaryPrimitives.ReadUInt32LittleEndian(page[at..]);
                uint thisVersion = BinaryPrimitives.ReadUInt32LittleEndian(page[(at + 4)..]);
                if (thisBlock != block || thisVersion != version)
                {
                    throw new InvalidDataException(
                        $"Block {block} at {at}: block {thisBlock}, version {thisVersion} beside {version}.");
                }
            }

            if (block < _seen.Length && version < _seen[block])
                throw new InvalidDataException($"Block {block}: version {version} after {_seen[block]}.");
            if (block < _seen.Length)
                _seen[block] = version;
            Interlocked.Increment(ref member._reads);
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
}
