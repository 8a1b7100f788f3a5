using System.Buffers;
using System.Globalization;
using System.Text;
using Forebay.PostgreSql.Catalog;
using Forebay.PostgreSql.Scans;

namespace Forebay.Tests.PostgreSql.Scans;

/// <summary>A stopped cluster, opened with an instance and a session of its own.</summary>
public sealed class OpenedCluster : IDisposable
{
    /// <summary>Fewer frames than each of the larger tables has pages.</summary>
    public const int SmallPool = 128;

    /// <summary>More frames than all tables together have pages.</summary>
    public const int LargePool = 4096;

    private const int PageBytes = 8192;

    public OpenedCluster(
        string dataDirectory,
        IoMethod method = IoMethod.Worker,
        int poolPages = LargePool,
        string database = "postgres")
    {
        Assert.SkipUnless(MethodAvailability.Probe().Single(found => found.Method == method).IsAvailable,
            $"This machine refuses {method}.");
        Cluster = PostgreSqlCluster.Open(dataDirectory);
        Catalog = Cluster.OpenDatabase(Cluster.FindDatabase(database)!);
        Instance = ForebayInstance.Open(dataDirectory, new ForebayOptions
        {
            IoMethod = method,
            BufferPoolBytes = (long)poolPages * PageBytes,
            MaxSessions = 8,
            IoMaxConcurrency = 32,
            ReadOnly = true,
            HugePages = false,
            PageCheck = ClusterOptions.PageCheckFor(Cluster.ControlFile),
            TablespaceVersionDirectory = Cluster.ControlFile.TablespaceDirectoryName,
        });
        Session = Instance.OpenSession();
    }

    public PostgreSqlCluster Cluster { get; }

    public DatabaseCatalog Catalog { get; }

    public ForebayInstance Instance { get; }

    public ForebaySession Session { get; }

    public static TheoryData<IoMethod, int> MethodsAndPools()
    {
        var cases = new TheoryData<IoMethod, int>();
        foreach (IoMethod method in new[] { IoMethod.Sync, IoMethod.Worker, IoMethod.IoUring })
        {
            cases.Add(method, SmallPool);
            cases.Add(method, LargePool);
        }

        return cases;
    }

    public HeapRelation Table(string name, string schema = "public") =>
        HeapRelation.Open(Session, Cluster, Catalog, Catalog.Find(schema, name)!);

    /// <summary>A row of <c>answers.tsv</c>: name, file, blocks, rows, sums.</summary>
    public static long[] Answer(string name) =>
    [
        .. ClusterFixture.Expected("answers.tsv").Select(static line => line.Split('\t'))
            .Single(fields => fields[0] == name).Skip(2)
            .Select(static field => long.Parse(field, CultureInfo.InvariantCulture)),
    ];

    public static string Text(in HeapRow row, int column)
    {
        var output = new ArrayBufferWriter<byte>();
        return row.TryWriteText(column, output) ? Encoding.UTF8.GetString(output.WrittenSpan) : "";
    }

    public static long Number(in HeapRow row, int column)
    {
        string text = Text(row, column);
        return text.Length == 0 ? 0 : long.Parse(text, CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        Session.Dispose();
        Instance.Dispose();
        Cluster.Dispose();
    }
}
