using Forebay.PostgreSql.Clusters;
using Forebay.PostgreSql.Pages;

namespace Forebay.Tool.Verifying;

/// <summary>One file to verify.</summary>
/// <param name="Name">As it is reported: relative to its data directory, or as it was given.</param>
/// <param name="Place">As people find it: the path as it was given, and the name below it.</param>
/// <param name="FullPath">Where it is.</param>
/// <param name="FirstBlock">Number of its first block within the whole relation fork.</param>
/// <param name="LengthBytes">How long it was when it was found.</param>
internal sealed record VerifyInput(string Name, string Place, string FullPath, uint FirstBlock, long LengthBytes)
{
    /// <summary>A file of a data directory.</summary>
    public static VerifyInput Of(string dataDirectory, RelationFile file, uint segmentBlocks)
    {
        string place = Path.Combine(dataDirectory, file.Path);
        return new VerifyInput(
            file.Path, place, Path.GetFullPath(place), file.FirstBlock(segmentBlocks), file.LengthBytes);
    }

    /// <summary>A file by itself.</summary>
    public static VerifyInput Of(RelationFile file) =>
        new(file.Path, file.Path, Path.GetFullPath(file.Path), file.FirstBlock(), file.LengthBytes);

    /// <summary>Whole pages in the file.</summary>
    public uint Blocks => checked((uint)(LengthBytes / PageChecksum.PageSize));

    /// <summary>Bytes behind the last whole page.</summary>
    public int TrailingBytes => (int)(LengthBytes % PageChecksum.PageSize);
}
