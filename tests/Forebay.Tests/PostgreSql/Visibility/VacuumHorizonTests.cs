using System.Buffers.Binary;
using Forebay.PostgreSql.Clusters;
using Forebay.PostgreSql.Visibility;

namespace Forebay.Tests.PostgreSql.Visibility;

public sealed class VacuumHorizonTests(ClusterFixture fixture)
{
    private const uint Database = 5;
    private const uint OtherDatabase = 6;

    [Fact]
    public void Find_PreparedTransactions_IsTheOldestOfTheDatabase()
    {
        using ClusterCopy copy = fixture.Copy();
        ControlFile control = ControlFile.Read(copy.DataDirectory);
        Assert.Null(Find(copy, control));
        uint next = (uint)control.NextTransaction;
        Prepare(copy, $"{next - 1:X8}", next - 1, Database);
        Assert.Equal(next - 1, Find(copy, control));
        Prepare(copy, $"{0x100000000 + next - 3:X16}", next - 3, Database);
        Prepare(copy, $"{next - 5:X8}", next - 5, OtherDatabase);
        File.WriteAllBytes(copy.InCopy("pg_twophase/other"), []);
        Assert.Equal(next - 3, Find(copy, control));
        // A table that all databases share is looked at from all of them.
        Assert.Equal(next - 5, Find(copy, control, database: 0));
        // Nobody knows whose it is: it counts for all.
        File.WriteAllBytes(copy.InCopy($"pg_twophase/{next - 7:X8}"), []);
        Assert.Equal(next - 7, Find(copy, control));
    }

    [Fact]
    public void Find_Slots_HoldBackTablesOrCatalogs()
    {
        using ClusterCopy copy = fixture.Copy();
        ControlFile control = ControlFile.Read(copy.DataDirectory);
        uint next = (uint)control.NextTransaction;
        Slot(copy, "logical", 0, next - 9);
        Assert.Null(Find(copy, control));
        Assert.Equal(next - 9, Find(copy, control, isCatalog: true));
        Slot(copy, "physical", next - 4, 0);
        Assert.Equal(next - 4, Find(copy, control));
        Assert.Equal(next - 9, Find(copy, control, isCatalog: true));
        Directory.CreateDirectory(copy.InCopy("pg_replslot/empty"));
        Directory.CreateDirectory(copy.InCopy("pg_replslot/torn"));
        File.WriteAllBytes(copy.InCopy("pg_replslot/torn/state"), new byte[50]);
        Assert.Equal(next - 4, Find(copy, control));
    }

    private static uint? Find(
        ClusterCopy copy, ControlFile control, uint database = Database, bool isCatalog = false) =>
        VacuumHorizon.Find(copy.DataDirectory, control, database, isCatalog);

    private static void Prepare(ClusterCopy copy, string name, uint transaction, uint database)
    {
        byte[] file = new byte[128];
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(8), transaction);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(12), database);
        Directory.CreateDirectory(copy.InCopy("pg_twophase"));
        File.WriteAllBytes(copy.InCopy($"pg_twophase/{name}"), file);
    }

    private static void Slot(ClusterCopy copy, string name, uint transaction, uint catalogTransaction)
    {
        byte[] file = new byte[200];
        BinaryPrimitives.WriteUInt32LittleEndian(file, 0x01051CA1);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(88), transaction);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(92), catalogTransaction);
        Directory.CreateDirectory(copy.InCopy($"pg_replslot/{name}"));
        File.WriteAllBytes(copy.InCopy($"pg_replslot/{name}/state"), file);
    }
}
