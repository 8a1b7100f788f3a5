using Forebay.PostgreSql.Clusters;
using Forebay.Tool.Output;

namespace Forebay.Tool.Verifying;

/// <summary>The files behind the paths of a command line.</summary>
internal sealed class VerifyInputs
{
    private readonly List<VerifyInput> _files = [];
    private readonly HashSet<string> _paths = [];
    private readonly List<VerifyReport.FileError> _problems = [];

    private VerifyInputs(string folder) => Folder = folder;

    /// <summary>A folder that exists, near the first of them.</summary>
    public string Folder { get; }

    /// <summary>
    /// The files, the largest first: then no large one is left over when the others are done. Same size: in the order
    /// of the paths.
    /// </summary>
    public IReadOnlyList<VerifyInput> Files => _files;

    /// <summary>What could not be looked at.</summary>
    public IReadOnlyList<VerifyReport.FileError> Problems => _problems;

    /// <summary>The length of all files together.</summary>
    public long LengthBytes { get; private set; }

    /// <summary>Finds the files: all of a data directory, or a single relation file.</summary>
    /// <param name="paths">The paths.</param>
    /// <param name="online">Whether a server may run on a data directory.</param>
    /// <exception cref="CommandException">A path is neither.</exception>
    /// <exception cref="ClusterException">A data directory cannot be verified.</exception>
    public static VerifyInputs Find(IReadOnlyList<string> paths, bool online = false)
    {
        if (paths.Any(string.IsNullOrEmpty))
            throw new CommandException("A path is empty.");
        string first = Path.GetFullPath(paths[0]);
        VerifyInputs inputs = new(Directory.Exists(first) ? first : Path.GetDirectoryName(first) ?? first);
        foreach (string path in paths)
        {
            if (Directory.Exists(path))
                inputs.AddCluster(path, online);
            else
                inputs.Add(VerifyInput.Of(RelationFile.Find(path)));
        }

        inputs._files.Sort(static (left, right) =>
        {
            int order = right.LengthBytes.CompareTo(left.LengthBytes);
            return order != 0 ? order : string.CompareOrdinal(left.FullPath, right.FullPath);
        });
        return inputs;
    }

    private void AddCluster(string path, bool online)
    {
        ControlFile control = ControlFile.Read(path);
        try
        {
            control.RequireVerifiable(acceptUnclean: online);
        }
        catch (ClusterException refusal) when (!online && !control.IsShutDownCleanly)
        {
            throw new CommandException($"{refusal.Message} (--unsafe-online verifies it all the same)", refusal);
        }

        ClusterFiles found = ClusterFiles.Find(path, control);
        foreach (RelationFile file in found.Files)
            Add(VerifyInput.Of(path, file, control.SegmentBlocks));
        foreach (ClusterFileProblem problem in found.Problems)
            _problems.Add(new VerifyReport.FileError(problem.Path, problem.Message));
    }

    // A file that is named twice, by itself and as part of its directory, is looked at once.
    private void Add(VerifyInput input)
    {
        if (!_paths.Add(input.FullPath))
            return;
        _files.Add(input);
        LengthBytes += input.LengthBytes;
    }
}
