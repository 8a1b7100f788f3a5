using System.Buffers.Binary;
using Forebay.Storage;
using Forebay.Streams;

namespace Forebay.SharingHost;

/// <summary>
/// Looks at a relation that somebody else makes, cuts and removes, each time it is told to, and keeps its files open
/// meanwhile. Says how many blocks there are and which version all of them have: -1 and 0 if there is no relation.
/// </summary>
internal sealed class Follower : IDisposable
{
    private const int Stride = 512;

    private readonly Orders _orders;
    private readonly ForebayInstance _instance;
    private readonly RelationFork _fork;

    public Follower(HostArguments arguments, Orders orders)
    {
        _orders = orders;
        _instance = ForebayInstance.Open(arguments.Data, arguments.Options());
        _fork = _instance.Relation(new RelationLocator(1663, 5, 16_385)).Main;
    }

    public void Run()
    {
        Console.WriteLine("ready");
        using ForebaySession session = _instance.OpenSession();
        while (_orders.Take())
        {
            try
            {
                (long blocks, long version) = Look(session);
                Console.WriteLine($"done reads={blocks} changes={version}");
            }
            catch (Exception exception)
            {
                Console.Error.WriteLine(exception);
                Environment.FailFast(exception.Message);
            }
        }
    }

    public void Dispose() => _instance.Dispose();

    private (long Blocks, long Version) Look(ForebaySession session)
    {
        uint blocks;
        try
        {
            blocks = session.GetBlockCount(_fork);
        }
        catch (StorageException)
        {
            ExpectNoPage(session);
            return (-1, 0);
        }

        long version = -1;
        using (ReadStream stream = session.OpenReadStream(_fork, BlockRange.All))
        {
            while (stream.TryNext(out PinnedPage page))
            {
                using (page)
                    version = Expect(page.Span, page.Block, version);
            }
        }

        for (uint block = 0; block < blocks; block += 7)
        {
            using PinnedPage page = session.Read(_fork, block);
            version = Expect(page.Span, block, version);
        }

        return (blocks, Math.Max(version, 0));
    }

    private void ExpectNoPage(ForebaySession session)
    {
        try
        {
            session.Read(_fork, 0).Dispose();
        }
        catch (StorageException)
        {
            return;
        }

        throw new InvalidDataException("A page was read of a relation that is gone.");
    }

    private static long Expect(ReadOnlySpan<byte> page, uint block, long version)
    {
        for (int at = 0; at < page.Length; at += Stride)
        {
            uint thisBlock = BinaryPrimitives.ReadUInt32LittleEndian(page[at..]);
            uint thisVersion = BinaryPrimitives.ReadUInt32LittleEndian(page[(at + 4)..]);
            if (thisBlock != block || (version >= 0 && thisVersion != version))
                throw new InvalidDataException($"Block {block}: block {thisBlock}, {thisVersion} after {version}.");
            version = thisVersion;
        }

        return version;
    }
}
