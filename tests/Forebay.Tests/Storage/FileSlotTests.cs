using Forebay.Primitives;
using Forebay.Storage;

namespace Forebay.Tests.Storage;

public class FileSlotTests
{
    [Fact]
    public void Word_Parts_DoNotTouchEachOther()
    {
        FileSlotWord word = new(FileSlotState.Closing, uint.MaxValue, FileSlotWord.LeasesMax);

        Assert.Equal(
            (FileSlotState.Closing, uint.MaxValue, FileSlotWord.LeasesMax),
            (word.State, word.Generation, word.Leases));
        Assert.False(word.IsRecent || word.IsWritten);
        word = new FileSlotWord(word.Raw | FileSlotWord.RecentBit | FileSlotWord.WrittenBit).With(FileSlotState.Open);
        Assert.Equal(
            (FileSlotState.Open, uint.MaxValue, FileSlotWord.LeasesMax),
            (word.State, word.Generation, word.Leases));
        Assert.True(word.IsRecent && word.IsWritten);
    }

    [Fact]
    public void Reference_SlotAndGeneration_ComeBack()
    {
        FileReference reference = new(int.MaxValue - 1, uint.MaxValue);

        Assert.Equal((int.MaxValue - 1, uint.MaxValue), (reference.Slot, reference.Generation));
        Assert.True(reference.IsValid);
        Assert.True(new FileReference(0, 0).IsValid);
        Assert.False(default(FileReference).IsValid);
    }

    [Fact]
    public void TryBeginEviction_LeasedFile_Fails()
    {
        FileSlot slot = OpenSlot(out uint generation);
        Assert.False(slot.TryBeginEviction(slot.Word));

        slot.Release();

        Assert.True(slot.TryBeginEviction(slot.Word));
        Assert.False(slot.TryLease(generation, forWrite: false));
    }

    [Fact]
    public void TryBeginEviction_LeasedSinceTheLook_Fails()
    {
        FileSlot slot = OpenSlot(out uint generation);
        slot.Release();
        FileSlotWord seen = slot.Word;

        Assert.True(slot.TryLease(generation, forWrite: false));

        Assert.False(slot.TryBeginEviction(seen));
    }

    [Fact]
    public void TryBeginClosing_LeasedFile_StopsNewLeasesAndKeepsOldOnes()
    {
        FileSlot slot = OpenSlot(out uint generation);

        Assert.True(slot.TryBeginClosing(generation));

        Assert.False(slot.TryLease(generation, forWrite: false));
        Assert.False(slot.TryBeginClosing(generation));
        Assert.Equal(1, slot.Word.Leases);
        slot.Release();
        slot.EndClosing(FileSlotState.Free);
        Assert.NotEqual(generation, slot.Word.Generation);
    }

    [Fact]
    public void BeginSync_OthersHoldLeases_KeepsTheWrittenBit()
    {
        FileSlot slot = OpenSlot(out uint generation);
        Assert.True(slot.TryLease(generation, forWrite: true));

        slot.BeginSync();
        Assert.True(slot.Word.IsWritten);

        slot.Release();
        slot.BeginSync();
        Assert.False(slot.Word.IsWritten);
    }

    [Fact]
    public void Release_WithoutLease_IsFatal()
    {
        FileSlot slot = OpenSlot(out _);
        slot.Release();
        using Invariant.TestScope scope = Invariant.ThrowOnThisThread();

        InvariantException e = Assert.Throws<InvariantException>(() => slot.Release());
        Assert.StartsWith("I-51", e.Message);
    }

    [Fact]
    public void EndClosing_StillLeased_IsFatal()
    {
        FileSlot slot = OpenSlot(out uint generation);
        slot.TryBeginClosing(generation);
        using Invariant.TestScope scope = Invariant.ThrowOnThisThread();

        InvariantException e = Assert.Throws<InvariantException>(() => slot.EndClosing(FileSlotState.Free));
        Assert.StartsWith("I-53", e.Message);
    }

    [Fact]
    public void BeginOpening_SlotInUse_IsFatal()
    {
        FileSlot slot = OpenSlot(out _);
        using Invariant.TestScope scope = Invariant.ThrowOnThisThread();

        InvariantException e = Assert.Throws<InvariantException>(() => slot.BeginOpening());
        Assert.StartsWith("I-52", e.Message);
    }

    private static FileSlot OpenSlot(out uint generation)
    {
        FileSlot slot = default;
        slot.BeginOpening();
        generation = slot.Publish(descriptor: 3, isUncached: false);
        return slot;
    }
}
