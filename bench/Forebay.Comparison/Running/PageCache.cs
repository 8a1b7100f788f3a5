namespace Forebay.Comparison.Running;

/// <summary>The kernel's page cache, emptied before each run of work that goes through it.</summary>
internal static class PageCache
{
    private const string Switch = "/proc/sys/vm/drop_caches";

    /// <summary>Whether this process may empty it.</summary>
    public static bool CanDrop { get; } = TryDrop();

    public static bool TryDrop()
    {
        try
        {
            File.WriteAllText(Switch, "3");
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
