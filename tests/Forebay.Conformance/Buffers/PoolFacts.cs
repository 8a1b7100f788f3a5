using Forebay.Buffers;

namespace Forebay.Conformance.Buffers;

/// <summary>What tests ask of a pool's frames once everything is over.</summary>
internal static class PoolFacts
{
    /// <summary>Fails unless no frame is pinned, locked or in progress and no session has a pin noted.</summary>
    public static void AssertIdle(BufferPool pool, params ReadOnlySpan<BufferSession> sessions)
    {
        foreach (BufferSession session in sessions)
        {
            session.Io.WaitForAll();
            Assert.Equal((0, 0), (session.Ledger.Count, session.Locks.Count));
        }

        for (int frame = 0; frame < pool.FrameCount; frame++)
        {
            ref BufferDescriptor descriptor = ref pool.Descriptor(frame);
            BufferWord word = descriptor.Word;
            Assert.True(word.Pins == 0 && word.InProgress == 0 && descriptor.Content.IsFree,
                $"frame {frame}, block {descriptor.Tag.Block}: {word}, content free: {descriptor.Content.IsFree}");
        }
    }

    public static int CountFrames(BufferPool pool, long flags)
    {
        int count = 0;
        for (int frame = 0; frame < pool.FrameCount; frame++)
            count += pool.Descriptor(frame).Word.Has(flags) ? 1 : 0;
        return count;
    }
}
