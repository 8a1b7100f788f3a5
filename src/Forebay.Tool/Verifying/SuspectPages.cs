using Forebay.PostgreSql.Pages;
using Microsoft.Win32.SafeHandles;

namespace Forebay.Tool.Verifying;

/// <summary>
/// Pages of a file of a running server whose checksum was wrong: it may have been writing them at that moment. They are
/// read again when the rest of the file is done. One thread.
/// </summary>
internal sealed class SuspectPages
{
    /// <summary>A page that differs each time is in somebody's hands, and no finding.</summary>
    private const int ReadsMax = 16;

    private readonly List<VerifyReport.BadPage> _pages = [];
    private readonly byte[] _page = new byte[PageChecksum.PageSize];

    /// <summary>Remembers a page.</summary>
    public void Add(VerifyReport.BadPage page) => _pages.Add(page);

    /// <summary>Forgets them all: another file is next.</summary>
    public void Clear() => _pages.Clear();

    /// <summary>Reads them again, each until it is right, or wrong in the same way twice in a row.</summary>
    /// <param name="input">The file.</param>
    /// <returns>Those that stay wrong.</returns>
    /// <exception cref="IOException">The file cannot be read; one that is gone has no bad pages.</exception>
    public List<VerifyReport.BadPage> Confirm(VerifyInput input)
    {
        if (_pages.Count == 0)
            return [];
        try
        {
            using SafeFileHandle file = File.OpenHandle(input.FullPath);
            return _pages.FindAll(page => StaysWrong(file, input, page));
        }
        catch (FileNotFoundException)
        {
            return [];
        }
    }

    private bool StaysWrong(SafeFileHandle file, VerifyInput input, VerifyReport.BadPage before)
    {
        for (int reads = 0; reads < ReadsMax; reads++)
        {
            // What was cut off meanwhile is no page of the file any more.
            if (RandomAccess.Read(file, _page, (long)before.Block * _page.Length) < _page.Length)
                return false;
            if (PageFinding.Of(input, before.Block, _page) is not { } now)
                return false;
            if (now == before)
                return true;
            before = now;
        }

        return false;
    }
}
