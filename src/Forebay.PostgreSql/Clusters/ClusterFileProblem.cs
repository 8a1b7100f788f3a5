namespace Forebay.PostgreSql.Clusters;

/// <summary>Something in a data directory that keeps a file, or a directory of files, from being looked at.</summary>
/// <param name="Path">The file or directory, relative to the data directory, with '/' between its parts.</param>
/// <param name="Message">What is wrong, in one line that does not repeat the path.</param>
public readonly record struct ClusterFileProblem(string Path, string Message);
