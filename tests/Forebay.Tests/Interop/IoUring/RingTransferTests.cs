using Forebay.Interop;
using Forebay.Interop.IoUring;

namespace Forebay.Tests.Interop.IoUring;

// Every way to prepare a transfer, on a real file, through the page cache and past it.
public class RingTransferTests
{
    private const int Page = 4096;
    private const int Pages = 16;
    private const int Seed = 20811;

    public static TheoryData<bool, bool> Modes => new()
    {
        { false, false }, { false, true }, { true, false }, { true, true },
    };

    [Theory]
    [MemberData(nameof(Modes))]
    public void PrepareRead_Pages_BringsTheirContent(bool direct, bool asynchronous)
    {
        using RingFile file = new(Pages * Page, Seed, direct);
        using RingMemory memory = new(2 * Page);
        using Ring ring = RingTesting.Create();
        Assert.True(ring.TryGetEntry(out SubmissionEntry entry));
        entry.PrepareRead(file.Descriptor, memory.Address, 2 * Page, 3 * Page, 1);
        SetAsynchronous(entry, asynchronous);
        Assert.Equal(new Completion(1, 2 * Page, 0), RingTesting.SubmitAndDrain(ring, 1)[0]);
        Assert.Equal(file.Content.AsSpan(3 * Page, 2 * Page), memory.Span);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void PrepareReadVector_ScatteredPages_BringsEachToItsPlace(bool direct, bool asynchronous)
    {
        using RingFile file = new(Pages * Page, Seed, direct);
        using RingMemory memory = new(8 * Page);
        using Ring ring = RingTesting.Create();
        Assert.True(ring.TryGetEntry(out SubmissionEntry entry));
        entry.SetVectors([memory.Part(6 * Page, Page), memory.Part(0, 2 * Page), memory.Part(4 * Page, Page)]);
        entry.PrepareReadVector(file.Descriptor, 3, Page, 1);
        SetAsynchronous(entry, asynchronous);
        Assert.Equal(1, ring.Submit());

        // Consumed: the slot's vectors are free for other use although the read may still be under way.
        ScribbleOverVectors(ring);
        Completion[] completions = RingTesting.Drain(ring, 1 + ring.SubmissionCapacity);
        Assert.Equal(4 * Page, completions.Single(c => c.UserData == 1).Result);
        Assert.Equal(file.Content.AsSpan(Page, Page), memory.Span.Slice(6 * Page, Page));
        Assert.Equal(file.Content.AsSpan(2 * Page, 2 * Page), memory.Span[..(2 * Page)]);
        Assert.Equal(file.Content.AsSpan(4 * Page, Page), memory.Span.Slice(4 * Page, Page));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void PrepareReadFixed_RegisteredMemory_BringsTheContent(bool direct, bool asynchronous)
    {
        using RingFile file = new(Pages * Page, Seed, direct);
        using RingMemory first = new(Page);
        using RingMemory second = new(4 * Page);
        using Ring ring = RingTesting.Create();
        Assert.Equal(0, ring.RegisterBuffers([first.Vector, second.Vector]));
        Assert.True(ring.TryGetEntry(out SubmissionEntry entry));
        entry.PrepareReadFixed(file.Descriptor, second.Address + Page, 2 * Page, 5 * Page, 1, 9);
        SetAsynchronous(entry, asynchronous);
        Assert.Equal(new Completion(9, 2 * Page, 0), RingTesting.SubmitAndDrain(ring, 1)[0]);
        Assert.Equal(file.Content.AsSpan(5 * Page, 2 * Page), second.Span.Slice(Page, 2 * Page));
        Assert.Equal(new byte[Page], second.Span[..Page]);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void PrepareReadVectorFixed_ScatteredInOneSlab_BringsEachToItsPlace(bool direct, bool asynchronous)
    {
        using RingFile file = new(Pages * Page, Seed, direct);
        using RingMemory slab = new(16 * Page);
        using Ring ring = RingTesting.Create();
        RingTesting.SkipUnless(ring, RingOperation.ReadVectorFixed);
        Assert.Equal(0, ring.RegisterBuffers([slab.Vector]));
        Assert.True(ring.TryGetEntry(out SubmissionEntry entry));
        Span<IoVector> vectors = entry.Vectors;
        for (int i = 0; i < 8; i++)
            vectors[i] = slab.Part((14 - (2 * i)) * Page, Page);
        entry.PrepareReadVectorFixed(file.Descriptor, 8, 2 * Page, 0, 3);
        SetAsynchronous(entry, asynchronous);
        Assert.Equal(new Completion(3, 8 * Page, 0), RingTesting.SubmitAndDrain(ring, 1)[0]);
        for (int i = 0; i < 8; i++)
        {
            Span<byte> frame = slab.Span.Slice((14 - (2 * i)) * Page, Page);
            Assert.Equal(file.Content.AsSpan((2 + i) * Page, Page), frame);
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void PrepareWrites_EveryKind_PutTheContentIntoTheFile(bool direct, bool asynchronous)
    {
        using RingFile file = new(Pages * Page, Seed, direct);
        using RingMemory slab = new(8 * Page);
        for (int i = 0; i < 8; i++)
            slab.Span.Slice(i * Page, Page).Fill((byte)(0xA0 + i));
        using Ring ring = RingTesting.Create();
        Assert.Equal(0, ring.RegisterBuffers([slab.Vector]));
        byte[] expected = [.. file.Content];

        Assert.True(ring.TryGetEntry(out SubmissionEntry plain));
        plain.PrepareWrite(file.Descriptor, slab.Address, Page, 0, 1);
        SetAsynchronous(plain, asynchronous);
        slab.Span[..Page].CopyTo(expected);

        Assert.True(ring.TryGetEntry(out SubmissionEntry vector));
        vector.SetVectors([slab.Part(2 * Page, Page), slab.Part(Page, Page)]);
        vector.PrepareWriteVector(file.Descriptor, 2, 2 * Page, 2);
        SetAsynchronous(vector, asynchronous);
        slab.Span.Slice(2 * Page, Page).CopyTo(expected.AsSpan(2 * Page));
        slab.Span.Slice(Page, Page).CopyTo(expected.AsSpan(3 * Page));

        Assert.True(ring.TryGetEntry(out SubmissionEntry registered));
        registered.PrepareWriteFixed(file.Descriptor, slab.Address + (3 * Page), Page, 5 * Page, 0, 3);
        registered.TransferFlags = TransferFlags.DataSync;
        SetAsynchronous(registered, asynchronous);
        slab.Span.Slice(3 * Page, Page).CopyTo(expected.AsSpan(5 * Page));

        Completion[] completions = RingTesting.SubmitAndDrain(ring, 3);
        Assert.Equal([Page, 2 * Page, Page], completions.OrderBy(c => c.UserData).Select(c => c.Result));
        Assert.Equal(expected, file.ReadBack());
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void PrepareWriteVectorFixed_GatheredFromOneSlab_PutsTheContentIntoTheFile(bool direct, bool asynchronous)
    {
        using RingFile file = new(Pages * Page, Seed, direct);
        using RingMemory slab = new(8 * Page);
        slab.Span.Slice(6 * Page, Page).Fill(0x66);
        slab.Span.Slice(Page, Page).Fill(0x11);
        using Ring ring = RingTesting.Create();
        RingTesting.SkipUnless(ring, RingOperation.WriteVectorFixed);
        Assert.Equal(0, ring.RegisterBuffers([slab.Vector]));
        Assert.True(ring.TryGetEntry(out SubmissionEntry entry));
        entry.SetVectors([slab.Part(6 * Page, Page), slab.Part(Page, Page)]);
        entry.PrepareWriteVectorFixed(file.Descriptor, 2, 8 * Page, 0, 4);
        SetAsynchronous(entry, asynchronous);
        Assert.Equal(new Completion(4, 2 * Page, 0), RingTesting.SubmitAndDrain(ring, 1)[0]);
        byte[] written = file.ReadBack();
        Assert.Equal(slab.Span.Slice(6 * Page, Page), written.AsSpan(8 * Page, Page));
        Assert.Equal(slab.Span.Slice(Page, Page), written.AsSpan(9 * Page, Page));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void PrepareFileSync_LinkedAfterAWrite_CompletesAfterIt(bool dataOnly)
    {
        using RingFile file = new(Pages * Page, Seed, direct: false);
        using RingMemory memory = new(Page);
        using Ring ring = RingTesting.Create();
        Assert.True(ring.TryGetEntry(out SubmissionEntry write));
        write.PrepareWrite(file.Descriptor, memory.Address, Page, 0, 1);
        write.Flags = SubmissionFlags.Link;
        Assert.True(ring.TryGetEntry(out SubmissionEntry sync));
        sync.PrepareFileSync(file.Descriptor, dataOnly, 2);
        Completion[] completions = RingTesting.SubmitAndDrain(ring, 2);
        Assert.Equal([new Completion(1, Page, 0), new Completion(2, 0, 0)], completions);
    }

    [Fact]
    public void PrepareRead_DontCache_BringsTheContentOrSaysThatItCannot()
    {
        using RingFile file = new(Pages * Page, Seed, direct: false);
        using RingMemory memory = new(Page);
        using Ring ring = RingTesting.Create();
        Assert.True(ring.TryGetEntry(out SubmissionEntry entry));
        entry.PrepareRead(file.Descriptor, memory.Address, Page, Page, 1);
        entry.TransferFlags = TransferFlags.DontCache;
        int result = RingTesting.SubmitAndDrain(ring, 1)[0].Result;
        Assert.SkipWhen(result is -(int)Errno.NotSupported or -(int)Errno.InvalidArgument,
            "RWF_DONTCACHE is not known to this kernel or file system");
        Assert.Equal(Page, result);
        Assert.Equal(file.Content.AsSpan(Page, Page), memory.Span);
    }

    [Fact]
    public void PrepareRead_AcrossTheEnd_IsShortAndPastItIsEmpty()
    {
        using RingFile file = new((2 * Page) + 100, Seed, direct: false);
        using RingMemory memory = new(2 * Page);
        using Ring ring = RingTesting.Create();
        Assert.True(ring.TryGetEntry(out SubmissionEntry across));
        across.PrepareRead(file.Descriptor, memory.Address, Page, 2 * Page, 1);
        Assert.True(ring.TryGetEntry(out SubmissionEntry past));
        past.PrepareRead(file.Descriptor, memory.Address + Page, Page, 3 * Page, 2);
        Completion[] completions = RingTesting.SubmitAndDrain(ring, 2);
        Assert.Equal(100, completions.Single(c => c.UserData == 1).Result);
        Assert.Equal(0, completions.Single(c => c.UserData == 2).Result);
    }

    [Fact]
    public void PrepareReadFixed_OutsideTheRegisteredMemory_IsAFault()
    {
        using RingFile file = new(Pages * Page, Seed, direct: false);
        using RingMemory slab = new(2 * Page);
        using Ring ring = RingTesting.Create();
        Assert.Equal(0, ring.RegisterBuffers([slab.Vector]));
        Assert.True(ring.TryGetEntry(out SubmissionEntry entry));
        entry.PrepareReadFixed(file.Descriptor, slab.Address + Page, 2 * Page, 0, 0, 1);
        Assert.Equal(-(int)Errno.Fault, RingTesting.SubmitAndDrain(ring, 1)[0].Result);
    }

    private static void SetAsynchronous(SubmissionEntry entry, bool asynchronous)
    {
        if (asynchronous)
            entry.Flags |= SubmissionFlags.Asynchronous;
    }

    // Goes once around the submission queue with vectors that lead nowhere.
    private static void ScribbleOverVectors(Ring ring)
    {
        for (int i = 0; i < ring.SubmissionCapacity; i++)
        {
            Assert.True(ring.TryGetEntry(out SubmissionEntry entry));
            entry.Vectors.Fill(new IoVector(8, 1 << 20));
            entry.PrepareNop(100);
        }

        Assert.Equal(ring.SubmissionCapacity, ring.Submit());
    }
}
