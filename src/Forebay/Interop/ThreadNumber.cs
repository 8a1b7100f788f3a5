namespace Forebay.Interop;

/// <summary>The system's number of a thread, as debuggers and <c>/proc</c> show it.</summary>
internal static class ThreadNumber
{
    [ThreadStatic]
    private static int t_number;

    /// <summary>The calling thread's.</summary>
    public static int Current => t_number != 0 ? t_number : t_number = Libc.ThreadNumber();
}
