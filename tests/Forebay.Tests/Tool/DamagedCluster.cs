using Forebay.Tests.PostgreSql;

namespace Forebay.Tests.Tool;

/// <summary>The damaged copy of the test cluster that PostgreSQL's answers are about. Tests only read it.</summary>
public sealed class DamagedCluster : IDisposable
{
    private readonly ClusterCopy _copy;

    public DamagedCluster(ClusterFixture cluster)
    {
        _copy = cluster.Copy();
        BadChecksums = _copy.Corrupt();
    }

    public string DataDirectory => _copy.DataDirectory;

    public int BadChecksums { get; }

    public void Dispose() => _copy.Dispose();
}
