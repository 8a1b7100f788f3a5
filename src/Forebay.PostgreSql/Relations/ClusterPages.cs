using System.Globalization;
using Forebay.Buffers;
using Forebay.PostgreSql.Clusters;
using Forebay.PostgreSql.Pages;
using Forebay.Storage;
using Microsoft.Win32.SafeHandles;

namespace Forebay.PostgreSql.Relations;

/// <summary>Reads pages straight from the files of a data directory: for catalogs, which are small.</summary>
/// <remarks>
/// A relation's segment files are looked up when it is first used; a few relations stay open. Any thread; calls take
/// turns.
/// </remarks>
public sealed class ClusterPages : IRelationPages, IDisposable
{
    private const int OpenRelationsMax = 32;
    private const int OpenSegmentsMax = 64;
    private const int SegmentsMax = 1 << 16;

    private readonly Lock _gate = new();
    private readonly Dictionary<RelationLocator, SegmentedFile> _open = [];
    private readonly string _dataDirectory;
    private readonly ControlFile _controlFile;
    private readonly PageCheck _check;

    /// <summary>Prepares to read; opens nothing yet.</summary>
    /// <param name="dataDirectory">The data directory.</param>
    /// <param name="controlFile">Its control file.</param>
    /// <exception cref="ClusterException">The cluster has pages of another size.</exception>
    public ClusterPages(string dataDirectory, ControlFile controlFile)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataDirectory);
        ArgumentNullException.ThrowIfNull(controlFile);
        if (controlFile.BlockSize != PageChecksum.PageSize)
        {
            string problem = $"{controlFile.Path}: the cluster has pages of {controlFile.BlockSize} bytes; " +
                $"only {PageChecksum.PageSize} can be read";
            throw new ClusterException(controlFile.Path, problem);
        }

        _dataDirectory = dataDirectory;
        _controlFile = controlFile;
        _check = controlFile.ChecksumVersion == 0
            ? PostgreSqlPageCheck.HeaderOnly
            : PostgreSqlPageCheck.HeaderAndChecksum;
    }

    /// <inheritdoc/>
    public string NameOf(RelationLocator relation)
    {
        string folder = relation.Tablespace switch
        {
            RelationLocator.GlobalTablespace => "global",
            RelationLocator.DefaultTablespace => Text($"base/{relation.Database}"),
            _ => Text($"pg_tblspc/{relation.Tablespace}/{_controlFile.TablespaceDirectoryName}/{relation.Database}"),
        };
        return Text($"{folder}/{relation.Relation}");
    }

    /// <inheritdoc/>
    /// <exception cref="ClusterException">A file cannot be opened.</exception>
    public uint GetBlockCount(RelationLocator relation)
    {
        lock (_gate)
            return Open(relation).BlockCount;
    }

    /// <inheritdoc/>
    /// <exception cref="ClusterException">A file cannot be opened or read.</exception>
    public void Read(RelationLocator relation, uint block, Span<byte> page)
    {
        if (page.Length != PageChecksum.PageSize)
            throw new ArgumentException($"A page has {PageChecksum.PageSize} bytes.", nameof(page));
        string name = NameOf(relation);
        lock (_gate)
        {
            if (!Open(relation).TryRead(block, page))
                throw new DamagedDataException(name, block, 0, DataFault.NoSuchBlock);
        }

        PageVerdict verdict = _check.Check(page, block);
        if (verdict != PageVerdict.Good)
        {
            DataFault fault = verdict == PageVerdict.ChecksumFailure ? DataFault.PageChecksum : DataFault.PageHeader;
            throw new DamagedDataException(name, block, 0, fault);
        }
    }

    /// <summary>Closes the files. To be called when nobody reads any more.</summary>
    public void Dispose()
    {
        lock (_gate)
            CloseAll();
    }

    private SegmentedFile Open(RelationLocator relation)
    {
        if (_open.TryGetValue(relation, out SegmentedFile? known))
            return known;
        if (_open.Count >= OpenRelationsMax || _open.Values.Sum(static file => file.SegmentCount) >= OpenSegmentsMax)
            CloseAll();
        string path = Path.Combine(_dataDirectory, NameOf(relation));
        var file = new SegmentedFile(path, _controlFile.SegmentBlocks);
        _open.Add(relation, file);
        return file;
    }

    private void CloseAll()
    {
        foreach (SegmentedFile file in _open.Values)
            file.Dispose();
        _open.Clear();
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed class SegmentedFile : IDisposable
    {
        private readonly string _path;
        private readonly uint _segmentBlocks;
        private readonly List<SafeFileHandle> _segments = [];

        public SegmentedFile(string path, uint segmentBlocks)
        {
            _path = path;
            _segmentBlocks = segmentBlocks;
            try
            {
                // Only a full segment has a successor.
                for (int segment = 0; segment < SegmentsMax; segment++)
                {
                    string name = segment == 0 ? path : Text($"{path}.{segment}");
                    if (segment > 0 && !File.Exists(name))
                        break;
                    SafeFileHandle handle = File.OpenHandle(name);
                    _segments.Add(handle);
                    long blocks = Math.Min(RandomAccess.GetLength(handle) / PageChecksum.PageSize, segmentBlocks);
                    BlockCount += (uint)blocks;
                    if (blocks < segmentBlocks)
                        break;
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Dispose();
                throw new ClusterException(path, $"{path}: cannot be opened: {e.Message}", e);
            }
        }

        public uint BlockCount { get; }

        public int SegmentCount => _segments.Count;

        public bool TryRead(uint block, Span<byte> page)
        {
            if (block >= BlockCount)
                return false;
            long offset = (long)(block % _segmentBlocks) * PageChecksum.PageSize;
            try
            {
                return RandomAccess.Read(_segments[(int)(block / _segmentBlocks)], page, offset) == page.Length;
            }
            catch (IOException e)
            {
                throw new ClusterException(_path, $"{_path}: block {block} cannot be read: {e.Message}", e);
            }
        }

        public void Dispose()
        {
            foreach (SafeFileHandle segment in _segments)
                segment.Dispose();
        }
    }
}
