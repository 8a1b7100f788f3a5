using System.Globalization;
using Forebay.Engine;
using Forebay.Interop;
using Forebay.Methods.IoUring;
using Forebay.Streams;
using Forebay.Tests.Interop.IoUring;
using Shared;

namespace Forebay.Tests.Methods.IoUring;

/// <summary>
/// No descriptor, thread or mapping is left when an engine is gone. Alone, since the whole process is looked at.
/// </summary>
[Collection(nameof(RingAloneCollection))]
public class DisposalTests
{
    [Fact]
    public async Task Dispose_EngineWithReaperAndRegistrations_LeavesNothing()
    {
        await UseEngineAsync(); // what is made once and kept is made here
        Holdings before = Holdings.Now();

        for (int i = 0; i < 5; i++)
        {
            Holdings during = await UseEngineAsync();
            Assert.Equal(before.Rings + 3, during.Rings);
            Assert.Equal(before.Events + 1, during.Events);
            Assert.Equal(before.RingMappings + 6, during.RingMappings);
            Assert.Equal(before.Reapers + 1, during.Reapers);
        }

        Assert.Equal(before, Holdings.Now());
    }

    [Fact]
    public async Task Dispose_InstanceAfterAStream_LeavesNothing()
    {
        RingTesting.Create().Dispose();
        await UseInstanceAsync();
        Holdings before = Holdings.Now();

        for (int i = 0; i < 3; i++)
            await UseInstanceAsync();

        Assert.Equal(before, Holdings.Now());
    }

    /// <summary>Half-way through its set-up a method is refused: what had been made is gone as well.</summary>
    [Fact]
    public void TryCreate_RefusedHalfWay_LeavesNothing()
    {
        SetupTests tests = new();
        tests.TryCreate_EventDescriptorRefused_IsARefusal();
        Holdings before = Holdings.Now();

        tests.TryCreate_EventDescriptorRefused_IsARefusal();
        tests.TryCreate_NotOneRing_IsARefusalWithItsCause((int)Errno.NoMemory, afterTheProbe: true);

        Assert.Equal(before, Holdings.Now());
    }

    /// <summary>
    /// Memory without a name in the list of mappings: vectors, segments. Megabytes of it for each engine.
    /// </summary>
    [Fact]
    public void Dispose_ManyEngines_GiveTheirMemoryBack()
    {
        IoUringOptions large = new() { Rings = 4, RingEntries = 4096 };
        UseLargeEngine(large);
        long before = AddressSpace();

        for (int i = 0; i < 40; i++)
            UseLargeEngine(large);

        // Four rings of four mebibytes of vectors each, forty times.
        Assert.True(AddressSpace() - before < 320L << 20, "vectors or segments are not unmapped");
    }

    private static void UseLargeEngine(IoUringOptions options)
    {
        using RingEngine engine = new(options, combineMax: 64);
        using IoSession session = engine.OpenSession();
        session.Wait(engine.Test.StartRead(session, 1, 1));
    }

    private static async Task<Holdings> UseEngineAsync()
    {
        using RingEngine engine = new(new IoUringOptions { Rings = 3, UsesBeforeRegistering = 1 });
        using IoSession session = engine.OpenSession();
        using ManualFile file = new();
        engine.Method.Files.Opened(0, engine.Test.File.Descriptor);
        session.Wait(engine.Test.StartRead(session, 1, 1));
        Assert.True(engine.Method.Files.IsRegistered(session.Slot % 3, 0));
        Task<bool> wait = session.WaitAsync(engine.StartManual(session, file, 2)).AsTask();
        file.Complete();
        await wait.WaitAsync(Background.Limit);
        engine.Method.Files.Closing(0);
        return Holdings.Now();
    }

    private static async Task UseInstanceAsync()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("forebay-left-");
        try
        {
            string path = Path.Combine(folder.FullName, "pages");
            await File.WriteAllBytesAsync(path, new byte[64 * 8192]);
            using ForebayInstance instance = ForebayInstance.Open(
                folder.FullName, new ForebayOptions { IoMethod = IoMethod.IoUring, BufferPoolBytes = 1 << 20 });
            using ForebaySession session = instance.OpenSession();
            using ReadStream<BlockRange> stream = session.OpenReadStream(instance.File(path), BlockRange.All);
            int pages = 0;
            while (await stream.NextAsync())
            {
                stream.Current.Dispose();
                pages++;
            }

            Assert.Equal(64, pages);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static long AddressSpace() =>
        long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[0], CultureInfo.InvariantCulture)
            * Environment.SystemPageSize;

    // What of the process is io_uring's.
    private sealed record Holdings(int Rings, int Events, int RingMappings, int Reapers)
    {
        public static Holdings Now() => new(
            Descriptors("io_uring"),
            Descriptors("eventfd"),
            File.ReadLines("/proc/self/maps").Count(static line => line.Contains("io_uring", StringComparison.Ordinal)),
            Directory.GetDirectories("/proc/self/task").Count(IsReaper));

        private static int Descriptors(string kind) => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(
            path => new FileInfo(path).LinkTarget?.Contains($"[{kind}]", StringComparison.Ordinal) == true);

        // The system keeps the first fifteen characters of a thread's name.
        private static bool IsReaper(string task)
        {
            try
            {
                string name = File.ReadAllText(Path.Combine(task, "comm")).Trim();
                return name.Length > 0 && CompletionReaper.ThreadName.StartsWith(name, StringComparison.Ordinal);
            }
            catch (IOException)
            {
                return false; // a thread that has just gone
            }
        }
    }
}
