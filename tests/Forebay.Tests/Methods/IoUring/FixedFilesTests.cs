using Forebay.Engine;
using Forebay.Handles;
using Forebay.Interop;
using Forebay.Interop.IoUring;
using Forebay.Methods.IoUring;
using Forebay.Tests.Interop.IoUring;

namespace Forebay.Tests.Methods.IoUring;

/// <summary>
/// Files under their slots. Contents differ, so a read that goes through a slot to another file than the descriptor's
/// is seen; and where the slot is meant to be used, the test puts another file into it to see just that.
/// </summary>
public sealed class FixedFilesTests : IDisposable
{
    private const int Slot = 5;
    private const int Uses = 3;

    private readonly RefusingKernel _kernel = new();
    private readonly RingFile _first = new(RingEngine.FrameBytes, 11, direct: false);
    private readonly RingFile _second = new(RingEngine.FrameBytes, 22, direct: false);

    [Fact]
    public void Read_UsedOftenEnough_GoesThroughTheSlot()
    {
        using RingEngine engine = NewEngine();
        using IoSession session = engine.OpenSession();
        engine.Method.Files.Opened(Slot, _first.Descriptor);
        for (int use = 1; use < Uses; use++)
        {
            AssertReads(engine, session, _first.Descriptor, _first);
            Assert.False(engine.Method.Files.IsRegistered(0, Slot));
        }

        AssertReads(engine, session, _first.Descriptor, _first);

        Assert.True(engine.Method.Files.IsRegistered(0, Slot));
        Assert.Equal([(_kernel.Rings[^1], Slot, _first.Descriptor)], _kernel.FileUpdates);
        _kernel.Exchange(_kernel.Rings[^1], Slot, _second.Descriptor);
        AssertReads(engine, session, _first.Descriptor, _second);
    }

    /// <summary>All other operations name the file in the same place.</summary>
    [Fact]
    public void WriteAndSync_Registered_GoThroughTheSlot()
    {
        using RingEngine engine = NewEngine();
        using IoSession session = engine.OpenSession();
        Register(engine, session, _first);
        _kernel.Exchange(_kernel.Rings[^1], Slot, _second.Descriptor);
        engine.Test.Frame(1).Fill(77);
        FileLease lease = new(_first.Descriptor, Slot);

        Assert.Equal(
            RingEngine.FrameBytes, engine.Run(session, lease, IoOperation.WriteVector, 0, [1]).Result.Value);
        Assert.Equal(IoStatus.Ok, engine.RunSync(session, lease).Result.Status);

        Assert.Equal(-1, _second.ReadBack().AsSpan().IndexOfAnyExcept((byte)77));
        Assert.Equal(_first.Content, _first.ReadBack());
        _kernel.Exchange(_kernel.Rings[^1], Slot, -1);
        Assert.Equal((uint)Errno.BadDescriptor, engine.RunSync(session, lease).Result.Detail);
    }

    /// <summary>
    /// The file is closed; the next one gets its slot and its descriptor's number. Nothing but Closing tells them
    /// apart.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Closing_SlotAndNumberGoToAnotherFile_NoReadHitsTheOldOne(int rings)
    {
        using RingEngine engine = NewEngine(rings);
        using SessionSet sessions = new(engine, rings);
        using NumberedFile file = new(_first);
        RingFile content = _first;
        for (int round = 0; round < 20; round++)
        {
            engine.Method.Files.Opened(Slot, file.Descriptor);
            for (int use = 0; use < Uses + 2; use++)
            {
                foreach (IoSession session in sessions)
                    AssertReads(engine, session, file.Descriptor, content);
            }

            Assert.All(Enumerable.Range(0, rings), ring => Assert.True(engine.Method.Files.IsRegistered(ring, Slot)));
            engine.Method.Files.Closing(Slot);
            Assert.All(Enumerable.Range(0, rings), ring => Assert.False(engine.Method.Files.IsRegistered(ring, Slot)));
            content = content == _first ? _second : _first;
            file.BecomeAnother(content);
        }

        Assert.Equal(2 * 20 * rings, _kernel.FileUpdates.Length);
    }

    /// <summary>Rings count for themselves, and each has a table of its own.</summary>
    [Fact]
    public void Read_OfSeveralRings_RegistersWhereItIsUsed()
    {
        using RingEngine engine = NewEngine(rings: 2);
        using IoSession zero = engine.OpenSession();
        using IoSession one = engine.OpenSession();
        Register(engine, one, _first);

        Assert.False(engine.Method.Files.IsRegistered(0, Slot));
        Assert.True(engine.Method.Files.IsRegistered(1, Slot));
        AssertReads(engine, zero, _first.Descriptor, _first);
        _kernel.Exchange(_kernel.Rings[^1], Slot, _second.Descriptor);
        AssertReads(engine, zero, _first.Descriptor, _first);
        AssertReads(engine, one, _first.Descriptor, _second);
    }

    /// <summary>A file of another target carries a slot number of its own making.</summary>
    [Fact]
    public void Read_OtherFileWithTheSameSlotNumber_GoesByItsDescriptor()
    {
        using RingEngine engine = NewEngine();
        using IoSession session = engine.OpenSession();
        Register(engine, session, _first);

        for (int use = 0; use < Uses + 1; use++)
            AssertReads(engine, session, _second.Descriptor, _second);

        Assert.Single(_kernel.FileUpdates);
        AssertReads(engine, session, _first.Descriptor, _first);
    }

    [Fact]
    public void Opened_BeyondTheTable_StaysPlain()
    {
        using RingEngine engine = NewEngine(slots: Slot);
        using IoSession session = engine.OpenSession();

        Register(engine, session, _first);

        Assert.Equal(Slot, engine.Method.Read().FileSlots);
        Assert.False(engine.Method.Files.IsRegistered(0, Slot));
        engine.Method.Files.Closing(Slot);
        Assert.Empty(_kernel.FileUpdates);
    }

    /// <summary>The probe's answer, the first ring's, the second ring's: none leaves a half-registered table.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void TryCreate_TableRefused_RunsPlainAndSaysWhy(int refused)
    {
        int call = 0;
        _kernel.OnRegister = operation =>
            operation == RingRegisterOperation.Files2 && ++call == refused ? Errno.NotPermitted : Errno.None;
        using RingEngine engine = NewEngine(rings: 2);
        using IoSession session = engine.OpenSession();

        Register(engine, session, _first);

        IoUringReading reading = engine.Method.Read();
        Assert.Equal(0, reading.FileSlots);
        Assert.Contains("refuses", reading.WhyNoFixedFiles, StringComparison.Ordinal);
        Assert.Null(reading.WhyNoFixedBuffers);
        Assert.Empty(_kernel.FileUpdates);
        Assert.Equal(
            refused == 3 ? 1 : 0, _kernel.Registrations.Count(r => r == RingRegisterOperation.UnregisterFiles));
    }

    /// <summary>A table counts against the limit on open files, which may be lower than its size.</summary>
    [Fact]
    public void TryCreate_TableLargerThanTheFileLimit_TakesASmallerOne()
    {
        int call = 0;
        _kernel.OnRegister = operation =>
            operation == RingRegisterOperation.Files2 && ++call is 2 or 4 ? Errno.TooManyFiles : Errno.None;
        using RingEngine engine = NewEngine(rings: 2, slots: 64);
        using IoSession session = engine.OpenSession();

        Register(engine, session, _first);

        Assert.Equal(16, engine.Method.Read().FileSlots);
        Assert.Null(engine.Method.Read().WhyNoFixedFiles);
        Assert.True(engine.Method.Files.IsRegistered(0, Slot));
    }

    [Fact]
    public void Read_FileRefused_StaysPlainUntilItIsClosed()
    {
        using RingEngine engine = NewEngine();
        using IoSession session = engine.OpenSession();
        bool refuse = true;
        _kernel.OnRegister = operation =>
            refuse && operation == RingRegisterOperation.FilesUpdate ? Errno.NoMemory : Errno.None;

        Register(engine, session, _first);
        AssertReads(engine, session, _first.Descriptor, _first);

        Assert.False(engine.Method.Files.IsRegistered(0, Slot));
        Assert.Equal(1, _kernel.Registrations.Count(r => r == RingRegisterOperation.FilesUpdate));
        refuse = false;
        engine.Method.Files.Closing(Slot);
        Register(engine, session, _second);
        Assert.True(engine.Method.Files.IsRegistered(0, Slot));
    }

    /// <summary>
    /// The kernel does not empty a slot (no memory, or a filter over the closing thread): what it still leads to is
    /// never read, and the slot is used again once it could be emptied.
    /// </summary>
    [Fact]
    public void Closing_KernelKeepsTheFile_SlotIsLeftAloneUntilItIsEmptied()
    {
        using RingEngine engine = NewEngine();
        using IoSession session = engine.OpenSession();
        using NumberedFile file = new(_first);
        Register(engine, session, file.Descriptor, _first);
        bool refuse = true;
        _kernel.OnRegister = operation =>
            refuse && operation == RingRegisterOperation.FilesUpdate ? Errno.NotPermitted : Errno.None;

        engine.Method.Files.Closing(Slot);
        file.BecomeAnother(_second);
        Register(engine, session, file.Descriptor, _second);
        Assert.False(engine.Method.Files.IsRegistered(0, Slot));
        AssertReads(engine, session, file.Descriptor, _second);

        refuse = false;
        engine.Method.Files.Closing(Slot);
        file.BecomeAnother(_first);
        Register(engine, session, file.Descriptor, _first);
        Assert.True(engine.Method.Files.IsRegistered(0, Slot));
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    private RingEngine NewEngine(int rings = 1, int slots = 64) => new(
        new IoUringOptions { Rings = rings, FileSlots = slots, UsesBeforeRegistering = Uses }, _kernel);

    private static void Register(RingEngine engine, IoSession session, RingFile file) =>
        Register(engine, session, file.Descriptor, file);

    // Opens the file in the slot and uses it as often as it takes to be registered.
    private static void Register(RingEngine engine, IoSession session, int descriptor, RingFile content)
    {
        engine.Method.Files.Opened(Slot, descriptor);
        for (int use = 0; use < Uses; use++)
            AssertReads(engine, session, descriptor, content);
    }

    private static void AssertReads(RingEngine engine, IoSession session, int descriptor, RingFile content)
    {
        engine.Test.Frame(0).Clear();
        IoReturn result = engine.Run(session, new FileLease(descriptor, Slot), IoOperation.ReadVector, 0, [0]);
        Assert.Equal(new IoResult(IoStatus.Ok, RingEngine.FrameBytes), result.Result);
        Assert.True(engine.Test.Frame(0).SequenceEqual(content.Content), "another file was read");
    }
}
