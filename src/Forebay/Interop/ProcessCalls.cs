using System.Globalization;

namespace Forebay.Interop;

/// <summary>What the kernel says of processes.</summary>
internal static class ProcessCalls
{
    // Field 22 of the line, counted from the one behind the name, which may hold anything.
    private const int StartTimeField = 19;

    /// <summary>The user whose rights this process has.</summary>
    public static uint EffectiveUser => Libc.EffectiveUser();

    /// <summary>Number of a namespace of this process; zero if it cannot be told.</summary>
    /// <param name="kind">As under <c>/proc/self/ns</c>.</param>
    public static long NamespaceOf(string kind)
    {
        try
        {
            string name = File.ResolveLinkTarget("/proc/self/ns/" + kind, returnFinalTarget: false)?.Name ?? "";
            int open = name.IndexOf('[', StringComparison.Ordinal);
            return long.Parse(name.AsSpan(open + 1).TrimEnd(']'), CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            return 0;
        }
    }

    /// <summary>Whether a process takes no step, by a signal or a debugger. False if it cannot be told.</summary>
    public static bool IsStopped(int process) => StatusFields(process) is ["T" or "t", ..];

    /// <summary>
    /// When a process was started, in the kernel's ticks since the machine was: together with the number it names one
    /// process for ever. Zero: there is no such process, or it cannot be told.
    /// </summary>
    public static long StartTime(int process)
    {
        string[] fields = StatusFields(process);
        return fields.Length > StartTimeField
            && long.TryParse(fields[StartTimeField], CultureInfo.InvariantCulture, out long time) ? time : 0;
    }

    // What comes after the name, which may hold anything; none if there is no such process.
    private static string[] StatusFields(int process)
    {
        try
        {
            string line = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            int end = line.LastIndexOf(')') + 2;
            return end < line.Length ? line[end..].Split(' ') : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
