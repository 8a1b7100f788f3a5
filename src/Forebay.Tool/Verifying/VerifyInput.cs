using Forebay.PostgreSql.Clusters;
using Forebay.Tool.Output;

namespace Forebay.Tool.Verifying;

/// <summary>One file to verify.</summary>
/// <param name="Name">As it is reported.</param>
/// <param name="BasePath">Path of the relation's first segment.</param>
/// <param name="File">Segment and size.</param>
/// <param name="SegmentBlocks">Blocks per segment.</param>
internal sealed record VerifyInput(string Name, string BasePath, RelationFile File, uint SegmentBlocks)
{
    /// <summary>Whole pages in the file.</summary>
    public uint Blocks => (uint)(File.LengthBytes / Verifier.BlockBytes);

    /// <summary>
    /// Finds the files behind the paths of the command line: data directories and single relation files.
    /// </summary>
    /// <exception cref="CommandException">A path is neither, or the cluster cannot be verified.</exception>
    public static List<VerifyInput> Find(IEnumerable<string> paths, List<VerifyReport.FileError> problems)
    {
        List<VerifyInput> inputs = [];
        foreach (string path in paths)
        {
            try
            {
                if (Directory.Exists(path))
                    AddCluster(path, inputs, problems);
                else if (System.IO.File.Exists(path))
                    AddFile(path, inputs);
                else
                    throw new CommandException($"'{path}' does not exist.");
            }
            catch (ClusterException refusal)
            {
                throw new CommandException(refusal.Message, refusal);
            }
        }

        return inputs;
    }

    private static void AddCluster(string path, List<VerifyInput> inputs, List<VerifyReport.FileError> problems)
    {
        ControlFile control = ControlFile.Read(path);
        control.RequireVerifiable();
        ClusterFiles files = ClusterFiles.Find(path, control);
        foreach (RelationFile file in files.Files)
        {
            string full = Path.Combine(path, file.Path);
            inputs.Add(new VerifyInput(file.Path, WithoutSegment(full, file.Segment), file, control.SegmentBlocks));
        }

        foreach (ClusterFileProblem problem in files.Problems)
            problems.Add(new VerifyReport.FileError(problem.Path, problem.Message));
    }

    private static void AddFile(string path, List<VerifyInput> inputs)
    {
        RelationFile file = RelationFile.Find(path);
        inputs.Add(new VerifyInput(path, WithoutSegment(path, file.Segment), file, RelationFile.DefaultSegmentBlocks));
    }

    private static string WithoutSegment(string path, uint segment) =>
        segment == 0 ? path : path[..path.LastIndexOf('.')];
}
