namespace Forebay.PostgreSql.Clusters;

/// <summary>One file that holds pages of a relation: one segment of one fork.</summary>
/// <param name="Path">
/// The path: relative to the data directory, with '/' between its parts, if the file was found in one.
/// </param>
/// <param name="Segment">Which segment of its fork the file is, from 0.</param>
/// <param name="LengthBytes">How long the file was when it was found.</param>
public readonly record struct RelationFile(string Path, uint Segment, long LengthBytes)
{
    /// <summary>How many blocks a full segment holds where no control file says otherwise: 1 GiB of 8 KiB.</summary>
    public const uint DefaultSegmentBlocks = 131072;

    /// <summary>The number of this file's first block within the whole fork, which checksums are made with.</summary>
    /// <param name="segmentBlocks">How many blocks a full segment holds.</param>
    /// <returns>The block number; it wraps at 2^32, as it does in PostgreSQL.</returns>
    public uint FirstBlock(uint segmentBlocks = DefaultSegmentBlocks) => unchecked(Segment * segmentBlocks);

    /// <summary>Looks at a single relation file, outside of any data directory.</summary>
    /// <param name="path">
    /// The file, named like PostgreSQL's: a base name, and from the second segment on '.' and a number.
    /// </param>
    /// <returns>The file, with the path as it was given.</returns>
    /// <exception cref="ClusterException">
    /// There is no such file, it is a directory, or its name has a bad segment number.
    /// </exception>
    public static RelationFile Find(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            var file = new FileInfo(path);
            if (Directory.Exists(path))
                throw new ClusterException(path, $"{path}: is a directory; expected a relation file");
            if (!file.Exists)
                throw new ClusterException(path, $"{path}: no such file");
            if (!TryParseSegment(file.Name, out uint segment))
                throw new ClusterException(path, $"{path}: {SegmentProblem}");
            // The length of a link is that of its text.
            FileSystemInfo target = file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
            return new RelationFile(path, segment, new FileInfo(target.FullName).Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ClusterException(path, $"{path}: cannot be looked at: {e.Message}", e);
        }
    }

    /// <summary>What is wrong with a name that <see cref="TryParseSegment"/> refuses.</summary>
    internal const string SegmentProblem = "the file name has no valid segment number after its first '.'";

    /// <summary>Takes the segment number from a file name, by the rules of <c>pg_checksums</c>.</summary>
    /// <remarks>
    /// It is the number that follows the first '.', up to the first character that is no digit, and may not be 0.
    /// Without '.' the file is segment 0. Nothing else of the name matters.
    /// </remarks>
    /// <param name="fileName">The name of the file, without directories.</param>
    /// <param name="segment">The segment number.</param>
    /// <returns>False if there is a '.' without a usable number after it.</returns>
    public static bool TryParseSegment(ReadOnlySpan<char> fileName, out uint segment)
    {
        segment = 0;
        int dot = fileName.IndexOf('.');
        if (dot < 0)
            return true;

        ReadOnlySpan<char> digits = fileName[(dot + 1)..];
        int end = digits.IndexOfAnyExceptInRange('0', '9');
        if (end >= 0)
            digits = digits[..end];
        // PostgreSQL keeps the number in 32 bits with a sign; a higher one cannot be a file of its making.
        return uint.TryParse(digits, out segment) && segment is > 0 and <= int.MaxValue;
    }
}
