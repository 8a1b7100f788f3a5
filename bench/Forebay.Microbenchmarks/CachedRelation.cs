using Forebay.Buffers;
using Forebay.Storage;

namespace Forebay.Microbenchmarks;

/// <summary>An instance with one relation, all of whose pages are in the pool.</summary>
public sealed class CachedRelation : IDisposable
{
    private const int PageBytes = 8192;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("forebay-bench-");

    public CachedRelation(int pages)
    {
        string path = Path.Combine(_directory.FullName, "relation");
        File.WriteAllBytes(path, new byte[pages * PageBytes]);
        Instance = ForebayInstance.Open(_directory.FullName, new ForebayOptions
        {
            BufferPoolBytes = 2L * pages * PageBytes,
            IoMethod = IoMethod.Sync,
            ReadOnly = true,
        });
        Fork = Instance.File(path);
        Session = Instance.OpenSession();
        for (uint block = 0; block < pages; block++)
            Session.Read(Fork, block).Dispose();
    }

    public ForebayInstance Instance { get; }

    public ForebaySession Session { get; }

    public RelationFork Fork { get; }

    internal BufferSession Buffers => Session.Shared;

    public void Dispose()
    {
        Session.Dispose();
        Instance.Dispose();
        _directory.Delete(recursive: true);
    }
}
