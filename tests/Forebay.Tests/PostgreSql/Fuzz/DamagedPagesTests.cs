using System.Buffers;
using System.Globalization;
using Forebay.PostgreSql.Catalog;
using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Tuples;
using Forebay.PostgreSql.Types;
using Forebay.PostgreSql.Visibility;

namespace Forebay.Tests.PostgreSql.Fuzz;

/// <summary>Pages with damage at random: whatever the bytes are, an answer comes, and soon.</summary>
/// <remarks>A read outside a page would throw, since all that is read goes through spans.</remarks>
public sealed class DamagedPagesTests(ClusterFixture fixture, ITestOutputHelper output)
{
    private const int DefaultPages = 500_000;
    private const int StressPages = 20_000_000;
    private const int PrintedRowsMax = 8;

    private static readonly string[] s_tables = ["ints", "wide", "churn", "rolled", "toasted"];

    [Fact]
    public void Read_DamagedPages_GivesValuesOrFaults()
    {
        int seed = int.Parse(Environment.GetEnvironmentVariable("FOREBAY_SEED") ?? "1", CultureInfo.InvariantCulture);
        bool stress = Environment.GetEnvironmentVariable("FOREBAY_STRESS") is { Length: > 0 };
        int count = stress ? StressPages : DefaultPages;
        output.WriteLine($"seed {seed}, {count} pages");
        var random = new Random(seed);
        using PostgreSqlCluster cluster = PostgreSqlCluster.Open(fixture.DataDirectory);
        DatabaseCatalog catalog = cluster.OpenDatabase(cluster.FindDatabase("postgres")!);
        Subject[] subjects = [.. s_tables.Select(name => new Subject(cluster, catalog, name))];
        byte[] page = new byte[PageChecksum.PageSize];
        long faults = 0;
        long values = 0;
        for (int i = 0; i < count; i++)
        {
            Subject subject = subjects[i % subjects.Length];
            subject.Page(random.Next(subject.Blocks)).CopyTo(page);
            Damage(page, random);
            faults += subject.Read(page, random, ref values);
        }

        output.WriteLine($"{faults} faults, {values} values");
        Assert.True(faults > count / 20, "hardly anything was found to be damaged");
        Assert.True(values > count / 20, "hardly anything could be read");
    }

    private static void Damage(byte[] page, Random random)
    {
        for (int changes = random.Next(1, 12); changes > 0; changes--)
        {
            // Headers, line pointers and the heads of rows decide most, and are a small part of a page.
            int offset = random.Next(4) switch
            {
                0 => random.Next(24),
                1 => random.Next(24, 400),
                2 => RowHead(page, random),
                _ => random.Next(page.Length),
            };
            page[offset] = random.Next(3) switch
            {
                0 => (byte)(page[offset] ^ (1 << random.Next(8))),
                1 => (byte)random.Next(256),
                _ => random.Next(2) == 0 ? (byte)0 : byte.MaxValue,
            };
        }
    }

    private static int RowHead(byte[] page, Random random)
    {
        int pointer = 24 + (4 * random.Next(60));
        int offset = (page[pointer] | (page[pointer + 1] << 8)) & 0x7FFF;
        return Math.Min(offset + random.Next(64), page.Length - 1);
    }

    private sealed class Subject
    {
        private readonly TupleVisibility _visibility;
        private readonly PlainTable _table;
        private readonly IReadOnlyList<CatalogColumn> _columns;
        private readonly TupleLayout _layout;
        private readonly ColumnSlice[] _slices;
        private readonly ushort[] _items = new ushort[2048];
        private readonly VarlenaReader _reader = new(toast: null);
        private readonly ArrayBufferWriter<byte> _text = new();

        public Subject(PostgreSqlCluster cluster, DatabaseCatalog catalog, string name)
        {
            CatalogRelation table = catalog.Find("public", name)!;
            _visibility = cluster.Visibility;
            _table = new PlainTable(cluster.DataDirectory, cluster.Pages.NameOf(table.Locator));
            _columns = catalog.ReadColumns(table);
            _layout = new TupleLayout([.. _columns.Select(static column => column.Shape)]);
            _slices = new ColumnSlice[_columns.Count];
        }

        public int Blocks => _table.Blocks;

        public ReadOnlySpan<byte> Page(int block) => _table.Page(block);

        public int Read(byte[] page, Random random, ref long values)
        {
            if (ItemPage.TryOpen(page, out ItemPage view) != DataFault.None)
                return 1;
            int faults = 0;
            faults += _visibility.Count(view, out int counted, out _) == DataFault.None ? 0 : 1;
            faults += _visibility.List(view, _items, out int visible, out _) == DataFault.None ? 0 : 1;
            Assert.True(counted == visible && visible <= view.Count);
            for (int i = 0; i < PrintedRowsMax; i++)
            {
                int item = random.Next(-1, view.Count + 2);
                faults += HotChain.TryFind(view, item, _visibility, out _, out _) == DataFault.None ? 0 : 1;
                if (view.TryItem(item, out ReadOnlySpan<byte> bytes) != DataFault.None
                    || HeapTuple.TryParse(bytes, out HeapTuple tuple) != DataFault.None)
                {
                    faults++;
                    continue;
                }

                faults += _visibility.Judge(tuple, out _) == DataFault.None ? 0 : 1;
                if (_layout.Locate(tuple, _slices, out _) != DataFault.None)
                    faults++;
                else
                    faults += Print(bytes, ref values);
            }

            return faults;
        }

        private int Print(ReadOnlySpan<byte> bytes, ref long values)
        {
            int faults = 0;
            for (int i = 0; i < _slices.Length; i++)
            {
                if (!_slices[i].HasValue)
                    continue;
                ReadOnlySpan<byte> value = _slices[i].Of(bytes);
                _text.ResetWrittenCount();
                bool isRead = _columns[i].Shape.Length != ColumnShape.Varlena
                    || _reader.TryRead(value, out value) == DataFault.None;
                if (isRead && ValueText.Write(_columns[i].Form, value, _text) == DataFault.None)
                    values++;
                else
                    faults++;
            }

            return faults;
        }
    }
}
