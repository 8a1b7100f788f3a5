using System.Buffers.Binary;
using Forebay.Storage;
using Forebay.Streams;

namespace Forebay.SharingHost;

/// <summary>
/// Comes, reads a few pages and leaves: so many times (operations), or until it is told to end (zero). Creates the
/// instance if it finds none, and removes it if it is the last to leave.
/// </summary>
internal sealed class Visitor(HostArguments arguments, Orders orders)
{
    private const uint Pages = 64;

    private int _rebuilt;

    public void Run()
    {
        Console.WriteLine("ready");
        orders.Take();
        Random random = new(arguments.Seed);
        int visits = 0;
        try
        {
            for (; !orders.IsEnding && (arguments.Operations == 0 || visits < arguments.Operations); visits++)
                Visit(random);
        }
        catch (Exception exception)
        {
            Console.Error.WriteLine(exception);
            Environment.FailFast(exception.Message);
        }

        Console.WriteLine($"done reads={visits} changes={_rebuilt}");
        orders.TakeLast();
    }

    private void Visit(Random random)
    {
        ForebayOptions options = new(arguments.Options())
        {
            OnNotice = notice =>
            {
                if (notice.Kind == "shared-instance-rebuilt")
                    Interlocked.Increment(ref _rebuilt);
            },
        };
        using ForebayInstance instance = ForebayInstance.Open(arguments.Data, options);
        RelationFork fork = instance.Relation(new RelationLocator(1663, 5, 16_384)).Main;
        using ForebaySession session = instance.OpenSession();
        for (int left = random.Next(20); left > 0; left--)
        {
            uint block = (uint)random.Next((int)Pages);
            using PinnedPage page = session.Read(fork, block);
            uint found = BinaryPrimitives.ReadUInt32LittleEndian(page.Span);
            if (found != block)
                throw new InvalidDataException($"Block {block} is block {found}.");
        }
    }
}
