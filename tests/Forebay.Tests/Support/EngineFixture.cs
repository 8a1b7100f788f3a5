using System.Buffers.Binary;
using Forebay.Callbacks;
using Forebay.Engine;
using Forebay.Handles;
using Forebay.Memory;
using Forebay.Methods;
using Forebay.Methods.Synchronous;
using Forebay.Storage;
using Forebay.Targets;

namespace Forebay.Tests.Support;

/// <summary>
/// A test bench: segment, engine, storage over a folder of its own, one open session and an arena of frames. Disposed
/// in the only order that is right. The folder lies beside the test assembly, where direct I/O is likely to work.
/// </summary>
internal sealed class EngineFixture : IDisposable
{
    public const int Frames = 256;

    private readonly DirectoryInfo _folder;
    private readonly SharedSegment _segment;

    /// <param name="storage">Storage settings; segments of 16 blocks if null.</param>
    /// <param name="createMethod">The method; sync if null.</param>
    /// <param name="holdPoints">A hand inside the engine.</param>
    /// <param name="callbacks">Registers more callbacks.</param>
    /// <param name="concurrency">Handles per session.</param>
    /// <param name="combineMax">Most frames per operation.</param>
    /// <param name="sessions">Session slots.</param>
    public EngineFixture(
        StorageOptions? storage = null,
        Func<MethodServices, IIoMethod>? createMethod = null,
        IHoldPoints? holdPoints = null,
        Action<IoCallbackRegistry>? callbacks = null,
        int concurrency = 16,
        int combineMax = 16,
        int sessions = 8)
    {
        _folder = Directory.CreateDirectory(
            Path.Combine(AppContext.BaseDirectory, "bench-" + Guid.NewGuid().ToString("N")));
        StorageOptions options = storage ?? SmallSegments;
        Storage = OpenStorage(options);

        SegmentLayout layout = new();
        IoEngineLayout engineLayout = new(layout, new IoEngineSettings(sessions, concurrency, combineMax));
        SegmentRegion<byte> frames =
            layout.Reserve<byte>(Frames * options.BlockBytes, FileOpener.MemoryAlignment);
        _segment = new SharedSegment(layout, hugePages: false);
        FrameArenas arenas = new();
        arenas.SetPool(new FrameArena(_segment.Array(frames).AddressOf(0), options.BlockBytes, Frames));

        IoCallbackRegistry callbackRegistry = new();
        IoTargetRegistry targetRegistry = new();
        Storage.Register(callbackRegistry, targetRegistry);
        callbacks?.Invoke(callbackRegistry);
        Engine = new IoEngine(_segment, engineLayout, callbackRegistry, targetRegistry, arenas,
            createMethod ?? (_ => new SynchronousMethod()), holdPoints);
        Storage.Attach(Engine);
        Session = Engine.OpenSession();
    }

    /// <summary>Segments of 16 pages, so that a small relation has several.</summary>
    public static StorageOptions SmallSegments { get; } = new() { SegmentBlocks = 16 };

    public string DataDirectory => _folder.FullName;

    public StorageManager Storage { get; }

    public IoEngine Engine { get; }

    /// <summary>The first session; belongs to the test's own thread.</summary>
    public IoSession Session { get; }

    public Span<byte> Frame(int frame) => Engine.Arenas.Frame(FrameArenas.Pool, frame);

    /// <summary>Another storage over the same folder, as another process would have it.</summary>
    public StorageManager OpenStorage(StorageOptions options)
    {
        try
        {
            return new StorageManager(_folder.FullName, options);
        }
        catch (StorageException e) when (options.FileMode == StorageFileMode.Direct && e.Message.Contains("io_direct"))
        {
            Assert.Skip("The file system of the test assembly refuses direct I/O: " + e.Message);
            throw;
        }
    }

    /// <summary>A relation of a number of blocks, each filled with <see cref="FillPage"/>.</summary>
    public RelationFork NewRelation(uint number, uint blocks)
    {
        RelationFork fork = Storage.Relation(new RelationLocator(1663, 5, number), ForkNumber.Main);
        Storage.Create(fork, existsIsFine: false);
        byte[] page = new byte[Storage.BlockBytes];
        for (uint block = 0; block < blocks; block++)
        {
            FillPage(page, number, block);
            Storage.Extend(fork, block, page);
        }

        return fork;
    }

    /// <summary>A page whose every word tells which page it is.</summary>
    public static void FillPage(Span<byte> page, uint relation, uint block)
    {
        for (int i = 0; i < page.Length; i += 16)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(page[i..], relation);
            BinaryPrimitives.WriteUInt32LittleEndian(page[(i + 4)..], block);
            BinaryPrimitives.WriteInt32LittleEndian(page[(i + 8)..], i);
            BinaryPrimitives.WriteUInt32LittleEndian(page[(i + 12)..], ~block);
        }
    }

    /// <summary>Fails the test unless the page is what <see cref="FillPage"/> made it.</summary>
    public static void AssertPage(ReadOnlySpan<byte> page, uint relation, uint block)
    {
        byte[] expected = new byte[page.Length];
        FillPage(expected, relation, block);
        Assert.True(page.SequenceEqual(expected), $"page {block} of relation {relation} has other contents");
    }

    /// <summary>Reads a run into frames 0, 1, … through a handle, and waits.</summary>
    public IoReturn Read(RelationFork fork, uint block, int count) => Run(fork, block, count, isWrite: false);

    /// <summary>Writes a run from frames 0, 1, … through a handle, and waits.</summary>
    public IoReturn Write(RelationFork fork, uint block, int count) => Run(fork, block, count, isWrite: true);

    /// <summary>The exception that the issuer would get.</summary>
    public Exception Report(IoReturn result) =>
        Engine.Callbacks[result.Result.CallbackId].Report(result.Result, result.Target);

    public void Dispose()
    {
        Session.Dispose();
        Storage.Dispose();
        Engine.Dispose();
        _segment.Dispose();
        _folder.Delete(recursive: true);
    }

    private IoReturn Run(RelationFork fork, uint block, int count, bool isWrite)
    {
        IoReturn result = new();
        int handle = Session.Acquire(result);
        IoWaitReference reference = Session.Reference(handle);
        int[] frames = [.. Enumerable.Range(0, count)];
        if (isWrite)
            Storage.StartWrite(Session, handle, fork, block, FrameArenas.Pool, frames);
        else
            Storage.StartRead(Session, handle, fork, block, FrameArenas.Pool, frames);
        Session.Wait(reference);
        return result;
    }
}
