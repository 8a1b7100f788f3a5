using System.Globalization;
using Forebay.Buffers;
using Forebay.Streams;
using Shared;

namespace Forebay.Conformance.Buffers;

/// <summary>
/// After an instance is disposed its process has no more threads, descriptors and mappings than before. Only what is
/// Forebay's is counted, as the runtime starts and ends threads and opens files of its own at any time: threads by
/// their
/// names, descriptors by what they lead to, memory in such steps that a pool left behind stands out.
/// </summary>
[Collection(nameof(AloneCollection))]
public sealed class InstanceLeakTests
{
    private const int Rounds = 6;
    private const int PoolPages = 16_384; // 128 MiB

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public void Dispose_InstanceThatWasUsed_LeavesNothing(string method, bool direct)
    {
        Use(method, direct); // whatever is made once and kept
        (int threads, int descriptors, long bytes) = Held();
        for (int round = 0; round < Rounds; round++)
            Use(method, direct);

        Background.Until(() => Held().Threads <= threads, "the threads have ended");
        Assert.Equal(descriptors, Held().Descriptors);
        Assert.InRange(Held().Bytes - bytes, long.MinValue, PoolPages * 8192L * (Rounds - 1));
    }

    private static void Use(string method, bool direct)
    {
        using PoolScenario scenario = new(method, direct, relationPages: 300, PoolPages, d => d.SegmentBlocks = 64);
        using ForebaySession session = scenario.Instance.OpenSession();
        using ForebaySession left = scenario.Instance.OpenSession(); // with things in its hands
        PoolWork.Change(session, scenario.Fork, 0, 100, version: 2);
        session.Flush(scenario.Fork);
        using (ReadStream<BlockRange> stream = session.OpenReadStream(
            scenario.Fork, BlockRange.All, new ReadStreamOptions { Flags = ReadStreamFlags.Full }))
        {
            for (int i = 0; i < 50 && stream.TryNext(out PinnedPage page); i++)
                page.Dispose();
        }

        _ = left.Read(scenario.Fork, 250).Lock(ContentLockMode.Shared);
        using PinnedPage awaited = session.ReadAsync(scenario.Fork, 280).AsTask().GetAwaiter().GetResult();
    }

    private static (int Threads, int Descriptors, long Bytes) Held()
    {
        int threads = Directory.GetDirectories("/proc/self/task").Count(task => Read($"{task}/comm").StartsWith(
            "forebay", StringComparison.Ordinal));
        int descriptors = Directory.GetFileSystemEntries("/proc/self/fd").Count(IsOurs);
        string size = File.ReadLines("/proc/self/status").First(
            line => line.StartsWith("VmSize:", StringComparison.Ordinal));
        string kibibytes = size.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[^2];
        return (threads, descriptors, long.Parse(kibibytes, CultureInfo.InvariantCulture) * 1024);
    }

    private static bool IsOurs(string descriptor)
    {
        string? target = null;
        try
        {
            target = new FileInfo(descriptor).LinkTarget;
        }
        catch (IOException)
        {
            // closed meanwhile
        }

        return target is not null && (target.Contains("forebay-pool-", StringComparison.Ordinal)
            || target.Contains("io_uring", StringComparison.Ordinal));
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return ""; // the thread has ended meanwhile
        }
    }
}
