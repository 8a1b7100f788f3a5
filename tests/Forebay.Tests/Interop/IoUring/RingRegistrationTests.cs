using Forebay.Interop;
using Forebay.Interop.IoUring;

namespace Forebay.Tests.Interop.IoUring;

public class RingRegistrationTests
{
    private const int Page = 4096;
    private const int NoDevice = 6;   // ENXIO: nothing of the kind is registered

    [Fact]
    public void RegisterBuffers_TwiceOrBadly_AnswersTheErrno()
    {
        using RingMemory memory = new(2 * Page);
        using Ring ring = RingTesting.Create();
        Assert.Equal(-NoDevice, ring.UnregisterBuffers());
        Assert.Equal(-(int)Errno.Fault, ring.RegisterBuffers([new IoVector(Page, Page)]));
        Assert.Equal(0, ring.RegisterBuffers([memory.Vector]));
        Assert.Equal(-(int)Errno.Busy, ring.RegisterBuffers([memory.Vector]));
        Assert.Equal(0, ring.UnregisterBuffers());
        Assert.Equal(0, ring.RegisterBuffers([memory.Part(0, Page), memory.Part(Page, Page)]));
    }

    [Fact]
    public void RegisterBuffers_MoreThanOneGibibyteInOnePiece_IsRefusedAndTwoPiecesAreNot()
    {
        // Address space only: the kernel refuses by size before it touches a page.
        nuint length = (nuint)(1L << 30) + (nuint)Page;
        using Ring ring = RingTesting.Create();
        Assert.Equal(0, RingMapping.Allocate(length, out RingMapping? mapping));
        using (mapping)
        {
            nint start = mapping!.DangerousGetHandle();
            Assert.True(ring.RegisterBuffers([new IoVector(start, length)]) < 0);
            Assert.Equal(0, ring.RegisterBuffers([new IoVector(start, Page), new IoVector(start + Page, Page)]));
        }
    }

    [Fact]
    public void CloneBuffers_FromAnotherRing_ServeBothUntilBothAreGone()
    {
        using RingFile file = new(4 * Page, 7, direct: false);
        using RingMemory slab = new(4 * Page);
        using Ring second = RingTesting.Create();
        using (Ring first = RingTesting.Create())
        {
            Assert.Equal(0, first.RegisterBuffers([slab.Vector]));
            int cloned = second.CloneBuffers(first);
            Assert.SkipWhen(cloned == -(int)Errno.InvalidArgument, "this kernel does not clone buffers");
            Assert.Equal(0, cloned);
        }

        Assert.True(second.TryGetEntry(out SubmissionEntry entry));
        entry.PrepareReadFixed(file.Descriptor, slab.Address, 4 * Page, 0, 0, 1);
        Assert.Equal(new Completion(1, 4 * Page, 0), RingTesting.SubmitAndDrain(second, 1)[0]);
        Assert.Equal(file.Content, slab.Span);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void UpdateFile_SlotsOfTheTable_ReadTheFileThatIsInThem(bool withoutSparse)
    {
        // Kernels before 5.19 refuse the sparse form; the table is then filled with unused slots.
        ScriptedKernel kernel = new()
        {
            RegisterErrno = operation => withoutSparse && operation == RingRegisterOperation.Files2
                ? Errno.InvalidArgument
                : Errno.None,
        };
        using RingMemory memory = new(2 * Page);
        using Ring ring = RingTesting.Create(kernel: kernel);
        Assert.Equal(0, ring.RegisterFileTable(64));
        byte[] content;
        using (RingFile file = new(Page, 3, direct: false))
        {
            content = file.Content;
            Assert.Equal(0, ring.UpdateFile(41, file.Descriptor));
        }

        // The descriptor is closed; the table keeps the file open.
        Assert.Equal(Page, Read(ring, 41, memory.Address));
        Assert.Equal(content, memory.Span[..Page]);
        Assert.Equal(-(int)Errno.BadDescriptor, Read(ring, 40, memory.Address));

        using (RingFile other = new(Page, 4, direct: false))
        {
            Assert.Equal(0, ring.UpdateFile(41, other.Descriptor));
            Assert.Equal(Page, Read(ring, 41, memory.Address + Page));
            Assert.Equal(other.Content, memory.Span[Page..]);
        }

        Assert.Equal(0, ring.UpdateFile(41, -1));
        Assert.Equal(-(int)Errno.BadDescriptor, Read(ring, 41, memory.Address));
        Assert.Equal(-(int)Errno.BadDescriptor, ring.UpdateFile(1, 1 << 20));
        Assert.Equal(-(int)Errno.InvalidArgument, ring.UpdateFile(64, -1));
        Assert.Equal(0, ring.UnregisterFileTable());
        Assert.Equal(-NoDevice, ring.UpdateFile(1, -1));
    }

    [Fact]
    public void Register_RefusedByAPolicy_LeavesTheRingUsable()
    {
        ScriptedKernel kernel = new() { RegisterErrno = _ => Errno.NotPermitted };
        using RingMemory memory = new(Page);
        using Ring ring = RingTesting.Create(kernel: kernel);
        Assert.Equal(-(int)Errno.NotPermitted, ring.RegisterBuffers([memory.Vector]));
        Assert.Equal(-(int)Errno.NotPermitted, ring.RegisterFileTable(4));
        Assert.Equal(-(int)Errno.NotPermitted, ring.LimitWorkers(2, 0));
        Assert.True(ring.TryGetEntry(out SubmissionEntry entry));
        entry.PrepareNop(1);
        Assert.Equal(0, RingTesting.SubmitAndDrain(ring, 1)[0].Result);
    }

    [Fact]
    public void LimitWorkers_RealKernel_IsGranted()
    {
        using Ring ring = RingTesting.Create();
        Assert.Equal(0, ring.LimitWorkers(2, 2));
    }

    private static int Read(Ring ring, int slot, nint address)
    {
        Assert.True(ring.TryGetEntry(out SubmissionEntry entry));
        entry.PrepareRead(slot, address, Page, 0, 1);
        entry.Flags = SubmissionFlags.FixedFile;
        return RingTesting.SubmitAndDrain(ring, 1)[0].Result;
    }
}
