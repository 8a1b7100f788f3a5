using System.Runtime.InteropServices;

namespace Forebay.Comparison.Running;

/// <summary>User and system time of the children that have ended and been waited for.</summary>
internal static partial class ChildCpu
{
    private const int Children = -1;

    public static double Seconds
    {
        get
        {
            long[] usage = new long[18]; // struct rusage: two timevals, then fourteen counters
            if (GetUsage(Children, usage) != 0)
                throw new InvalidOperationException("getrusage failed.");
            return usage[0] + usage[2] + ((usage[1] + usage[3]) / 1e6);
        }
    }

    [LibraryImport("libc", EntryPoint = "getrusage", SetLastError = true)]
    private static partial int GetUsage(int who, [In, Out] long[] usage);
}
