namespace Forebay.PostgreSql.Clusters;

/// <summary>A data directory or file cannot be used: missing, damaged, or not in a state to be read.</summary>
/// <remarks>The message is one line that names the file or directory, what was expected and what was found.</remarks>
public sealed class ClusterException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="path">The file or directory that is at fault.</param>
    /// <param name="message">One line that names <paramref name="path"/>.</param>
    /// <param name="innerException">What the operating system said, if it was asked.</param>
    public ClusterException(string path, string message, Exception? innerException = null)
        : base(message, innerException) => Path = path;

    /// <summary>The file or directory that is at fault.</summary>
    public string Path { get; }
}
