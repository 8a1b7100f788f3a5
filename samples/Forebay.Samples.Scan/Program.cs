using System.Globalization;
using Forebay;
using Forebay.Storage;
using Forebay.Streams;

// Reads a whole relation of a data directory, looking ahead, and counts its bytes that are not zero.
if (args is not [string data, string database, string relationNumber])
{
    Console.Error.WriteLine("usage: Forebay.Samples.Scan DATA_DIRECTORY DATABASE RELATION");
    return 2;
}

ForebayOptions options = new() { BufferPoolBytes = 16 << 20, IoMethod = IoMethod.Auto, ReadOnly = true };
using ForebayInstance instance = ForebayInstance.Open(data, options);
using ForebaySession session = instance.OpenSession();
Relation relation = instance.Relation(new RelationLocator(
    RelationLocator.DefaultTablespace,
    uint.Parse(database, CultureInfo.InvariantCulture),
    uint.Parse(relationNumber, CultureInfo.InvariantCulture)));

long pages = 0;
long used = 0;
using ReadStream stream = session.OpenReadStream(relation.Main, BlockRange.All);
while (stream.TryNext(out PinnedPage page))
{
    using (page)
        used += page.Span.Length - page.Span.Count((byte)0);
    pages++;
}

Console.WriteLine($"{pages} pages, {used} bytes in use");
return 0;
