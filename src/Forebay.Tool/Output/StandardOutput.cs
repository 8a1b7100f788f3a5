using Microsoft.Win32.SafeHandles;

namespace Forebay.Tool.Output;

/// <summary>The bytes of stdout.</summary>
internal static class StandardOutput
{
    private const int Descriptor = 1;

    /// <summary>
    /// Opens it. What is written to a pipe that nobody reads any more fails, unlike with the stream of the console,
    /// which says nothing: who prints millions of rows wants to know. A file keeps its place through the console's.
    /// </summary>
    public static Stream Open()
    {
        if (Console.IsOutputRedirected)
        {
            try
            {
                FileStream direct = new(new SafeFileHandle(Descriptor, ownsHandle: false), FileAccess.Write, 0);
                if (!direct.CanSeek)
                    return direct;
            }
            catch (Exception failure) when (failure is IOException or ArgumentException or UnauthorizedAccessException
                or NotSupportedException)
            {
                // It is closed, or something else that the console copes with.
            }
        }

        return Console.OpenStandardOutput();
    }
}
