using Forebay.PostgreSql.Clusters;
using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Visibility;

namespace Forebay.Tests.PostgreSql.Fuzz;

/// <summary>Damage in what says which transactions committed: rows come and go, and nothing else happens.</summary>
public sealed class DamagedLogsTests(ClusterFixture fixture, ITestOutputHelper output)
{
    private static readonly string[] s_logs =
        ["pg_xact/0000", "pg_multixact/offsets/0000", "pg_multixact/members/0000", "pg_subtrans/0000"];

    [Fact]
    public void Count_DamagedLogs_GivesNumbersOrFaults()
    {
        int rounds = PageMutation.Count(200, 20_000);
        var random = new Random(PageMutation.Seed);
        using ClusterCopy copy = fixture.Copy();
        ControlFile control = ControlFile.Read(copy.DataDirectory);
        byte[][] clean =
            [.. s_logs.Select(copy.InCopy).Select(path => File.Exists(path) ? File.ReadAllBytes(path) : [])];
        // Without hints the logs are asked; what the rows say of their deleters is damaged too.
        PlainTable[] tables =
            [new(copy.DataDirectory, "base/5/16393"), new(copy.DataDirectory, "base/5/16401")];
        byte[] page = new byte[PageChecksum.PageSize];
        long faults = 0;
        long visible = 0;
        for (int round = 0; round < rounds; round++)
        {
            for (int log = 0; log < s_logs.Length; log++)
                Spoil(copy.InCopy(s_logs[log]), clean[log], random);
            TupleVisibility visibility = TupleVisibility.Of(copy.DataDirectory, control);
            for (int i = 0; i < 100; i++)
            {
                PlainTable table = tables[i % tables.Length];
                table.Page(random.Next(table.Blocks)).CopyTo(page);
                RemoveHints(page, random);
                if (ItemPage.TryOpen(page, out ItemPage view) != DataFault.None)
                    continue;
                faults += visibility.Count(view, out int count, out _) == DataFault.None ? 0 : 1;
                visible += count;
            }
        }

        output.WriteLine($"seed {PageMutation.Seed}, {rounds * 100} pages: {faults} faults, {visible} visible");
        Assert.True(faults > 0 && visible > 0, $"{faults} faults, {visible} visible");
    }

    private static void Spoil(string path, byte[] clean, Random random)
    {
        if (random.Next(8) == 0)
        {
            File.Delete(path);
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        byte[] spoiled = [.. clean];
        for (int i = random.Next(200); i > 0 && spoiled.Length > 0; i--)
        {
            int end = random.Next(2) == 0 ? Math.Min(400, spoiled.Length) : spoiled.Length;
            spoiled[random.Next(end)] = (byte)random.Next(256);
        }

        File.WriteAllBytes(path, spoiled[..(random.Next(4) == 0 ? random.Next(spoiled.Length + 1) : spoiled.Length)]);
    }

    private static void RemoveHints(Span<byte> page, Random random)
    {
        page[10] &= 0xFB; // not all-visible
        if (ItemPage.TryOpen(page, out ItemPage view) != DataFault.None)
            return;
        for (int item = 1; item <= view.Count; item++)
        {
            LinePointer pointer = view.Pointer(item);
            if (pointer.Kind != LinePointerKind.Normal || view.TryItem(item, out _) != DataFault.None)
                continue;
            Span<byte> row = page.Slice(pointer.Offset, pointer.Length);
            row[21] &= 0xF0;
            if (random.Next(400) == 0)
                row[21] |= 0x10; // a multitransaction
            if (random.Next(200) == 0)
                row[random.Next(8)] = (byte)random.Next(256);
        }
    }
}
