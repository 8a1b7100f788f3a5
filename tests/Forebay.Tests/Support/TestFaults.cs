using Forebay.Interop;
using Forebay.Storage;

namespace Forebay.Tests.Support;

/// <summary>Lets a test change what storage's own system calls return.</summary>
internal sealed class TestFaults : IStorageFaults
{
    /// <summary>Called after each call; null = nothing is changed.</summary>
    public Func<StorageCall, string, int, int>? Rule { get; set; }

    /// <summary>The calls so far.</summary>
    public List<(StorageCall Call, string Path)> Log { get; } = [];

    public int After(StorageCall call, string path, int result)
    {
        lock (Log)
            Log.Add((call, path));
        return Rule is { } rule ? rule(call, path, result) : result;
    }

    /// <summary>The n-th call of a kind (from 1) fails; the kernel has done it all the same.</summary>
    public void FailNth(StorageCall call, int n, Errno errno)
    {
        int seen = 0;
        Rule = (made, _, result) => made == call && Interlocked.Increment(ref seen) == n ? -(int)errno : result;
    }
}
