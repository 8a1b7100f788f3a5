using System.Buffers.Binary;
using System.Globalization;
using Forebay.PostgreSql.Clusters;
using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Tuples;
using Forebay.PostgreSql.Visibility;

namespace Forebay.Tests.PostgreSql.Visibility;

public sealed class TupleVisibilityTests(ClusterFixture cluster)
{
    private static readonly ColumnShape[] s_intAndText = [new(4, 4), new(ColumnShape.Varlena, 4)];

    [Theory]
    [InlineData("ints")]
    [InlineData("wide")]
    [InlineData("churn")]
    [InlineData("rolled")]
    [InlineData("empty")]
    [InlineData("toasted")]
    public void Count_EachTable_IsPostgreSqls(string name)
    {
        (string file, int blocks, int rows) = Answer(name);
        var table = new PlainTable(cluster.DataDirectory, file);
        Assert.Equal(blocks, table.Blocks);
        TupleVisibility visibility = Judge(cluster.DataDirectory);
        ushort[] items = new ushort[2048];
        int counted = 0;
        int listed = 0;
        int judged = 0;
        for (int block = 0; block < table.Blocks; block++)
        {
            Assert.Equal(DataFault.None, ItemPage.TryOpen(table.Page(block), out ItemPage page));
            Assert.Equal(DataFault.None, visibility.Count(page, out int visible, out _));
            Assert.Equal(DataFault.None, visibility.List(page, items, out int list, out _));
            counted += visible;
            listed += list;
            judged += Judged(page, visibility);
        }

        Assert.Equal((rows, rows, rows), (counted, listed, judged));
    }

    [Fact]
    public void Count_HintsTakenAway_AsksTheLog()
    {
        const ushort Hints = (ushort)(TupleBits.Frozen | TupleBits.DeleterCommitted | TupleBits.DeleterInvalid);
        foreach (string name in new[] { "rolled", "churn" })
        {
            (string file, _, int rows) = Answer(name);
            var table = new PlainTable(cluster.DataDirectory, file);
            TupleVisibility visibility = Judge(cluster.DataDirectory);
            int counted = 0;
            for (int block = 0; block < table.Blocks; block++)
            {
                Span<byte> bytes = table.Page(block);
                bytes[10] &= unchecked((byte)~(byte)PageHeaderBits.AllVisible);
                Assert.Equal(DataFault.None, ItemPage.TryOpen(bytes, out ItemPage page));
                for (int item = 1; item <= page.Count; item++)
                {
                    LinePointer pointer = page.Pointer(item);
                    if (pointer.Kind != LinePointerKind.Normal)
                        continue;
                    Span<byte> tuple = bytes.Slice(pointer.Offset, pointer.Length);
                    Assert.Equal(DataFault.None, HeapTuple.TryParse(tuple, out HeapTuple view));
                    // A frozen row's inserter may be too old for the log, and a row without deleter stays without.
                    bool keep = (view.Bits & TupleBits.Frozen) == TupleBits.Frozen;
                    ushort bits = BinaryPrimitives.ReadUInt16LittleEndian(tuple[20..]);
                    ushort without = (ushort)(bits & ~(keep ? 0 : Hints));
                    BinaryPrimitives.WriteUInt16LittleEndian(tuple[20..], without);
                }

                Assert.Equal(DataFault.None, visibility.Count(page, out int visible, out _));
                counted += visible;
            }

            Assert.Equal(rows, counted);
        }
    }

    [Fact]
    public void Locate_Rolled_SumsAsPostgreSqlDoes()
    {
        string[] answer = [.. ClusterFixture.Expected("answers.tsv").Select(static l => l.Split('\t'))
            .First(static fields => fields[0] == "rolled")];
        var table = new PlainTable(cluster.DataDirectory, answer[1]);
        TupleVisibility visibility = Judge(cluster.DataDirectory);
        var layout = new TupleLayout(s_intAndText);
        var slices = new ColumnSlice[2];
        ushort[] items = new ushort[2048];
        long sum = 0;
        for (int block = 0; block < table.Blocks; block++)
        {
            Assert.Equal(DataFault.None, ItemPage.TryOpen(table.Page(block), out ItemPage page));
            Assert.Equal(DataFault.None, visibility.List(page, items, out int visible, out _));
            foreach (ushort item in items.AsSpan(0, visible))
            {
                Assert.Equal(DataFault.None, page.TryItem(item, out ReadOnlySpan<byte> bytes));
                Assert.Equal(DataFault.None, HeapTuple.TryParse(bytes, out HeapTuple tuple));
                Assert.Equal(DataFault.None, layout.Locate(tuple, slices, out _));
                sum += BinaryPrimitives.ReadInt32LittleEndian(slices[0].Of(bytes));
                Assert.Equal(DataFault.None, Varlena.TryParse(slices[1].Of(bytes), out Varlena text));
                Assert.Equal(text.RawLength, text.Payload.Length);
            }
        }

        Assert.Equal(long.Parse(answer[4], CultureInfo.InvariantCulture), sum);
    }

    private static int Judged(in ItemPage page, TupleVisibility visibility)
    {
        int live = 0;
        for (int item = 1; item <= page.Count; item++)
        {
            if (page.Pointer(item).Kind != LinePointerKind.Normal)
                continue;
            Assert.Equal(DataFault.None, page.TryItem(item, out ReadOnlySpan<byte> bytes));
            Assert.Equal(DataFault.None, HeapTuple.TryParse(bytes, out HeapTuple tuple));
            Assert.Equal(DataFault.None, visibility.Judge(tuple, out TupleFate fate));
            live += fate == TupleFate.Live ? 1 : 0;
        }

        return live;
    }

    private static TupleVisibility Judge(string dataDirectory) =>
        TupleVisibility.Of(dataDirectory, ControlFile.Read(dataDirectory));

    private static (string File, int Blocks, int Rows) Answer(string name)
    {
        string[] fields = ClusterFixture.Expected("answers.tsv").Select(static line => line.Split('\t'))
            .Single(fields => fields[0] == name);
        return (fields[1], int.Parse(fields[2], CultureInfo.InvariantCulture),
            int.Parse(fields[3], CultureInfo.InvariantCulture));
    }
}
