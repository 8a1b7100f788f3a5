using System.Collections.Concurrent;
using System.Globalization;
using Forebay.PostgreSql.Clusters;

namespace Forebay.PostgreSql.Visibility;

/// <summary>
/// A directory such as <c>pg_xact</c>: pages of 8 KiB, 32 to a file, the files named by number in hexadecimal. Files
/// are read when they are first asked for and kept: 256 KiB each. Any thread.
/// </summary>
internal sealed class StatusFiles(string directory)
{
    private const int PageBytes = 8192;
    private const uint PagesPerFile = 32;
    private const int FileBytes = PageBytes * (int)PagesPerFile;

    private readonly ConcurrentDictionary<uint, byte[]> _files = new();

    /// <summary>A page, or nothing if it is not on record.</summary>
    /// <exception cref="ClusterException">The file is there, but cannot be read.</exception>
    public ReadOnlySpan<byte> Page(uint page)
    {
        byte[] file = _files.GetOrAdd(page / PagesPerFile, static (number, self) => self.Load(number), this);
        int offset = (int)(page % PagesPerFile) * PageBytes;
        return offset + PageBytes <= file.Length ? file.AsSpan(offset, PageBytes) : default;
    }

    private byte[] Load(uint number)
    {
        string path = Path.Combine(directory, number.ToString("X4", CultureInfo.InvariantCulture));
        try
        {
            using FileStream file = File.OpenRead(path);
            byte[] content = new byte[(int)Math.Min(file.Length, FileBytes)];
            file.ReadExactly(content);
            return content;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ClusterException(path, $"{path}: cannot be read: {e.Message}", e);
        }
    }
}
