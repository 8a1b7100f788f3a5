using Forebay.Memory;

namespace Forebay.Buffers;

/// <summary>
/// Chooses frames to reuse: a hand goes round, takes one use from each unpinned frame it passes, and stops at the first
/// that has none left. The hand is one shared counter; any number of threads turn it.
/// </summary>
internal sealed class ClockSweep(SegmentArray<long> hand, BufferDescriptors descriptors)
{
    // Frames by which descriptors are fetched before the hand reaches them.
    private const int Ahead = 4;

    /// <summary>Pins a frame that nobody uses.</summary>
    /// <param name="claims">Where the pin is claimed.</param>
    /// <param name="likelyNext">The frame behind it, which the hand looks at next.</param>
    /// <returns>
    /// The frame with exactly the caller's pin, its old page still in it; -1 = every frame is pinned.
    /// </returns>
    public int TakeVictim(FrameClaims claims, out int likelyNext)
    {
        int frames = descriptors.Length;
        likelyNext = 0;
        int pinnedInARow = 0;
        while (pinnedInARow < frames)
        {
            // Atomic: each turn of the hand belongs to one thread. A counter that never wraps (2^63 turns).
            int frame = (int)((Interlocked.Increment(ref hand[0]) - 1) % frames);
            ref BufferDescriptor descriptor = ref descriptors[frame];
            BufferWord word = descriptor.Word;
            if (word.Pins > 0 || word.InProgress != 0)
            {
                pinnedInARow++;
                continue;
            }

            if (word.Usage > 0)
            {
                descriptor.TryMove(word, word.Raw - BufferWord.OneUse); // if it fails the frame is in use: pass on
                pinnedInARow = 0;
            }
            else if (descriptors.TryTake(frame, word, claims))
            {
                likelyNext = frame + 1 == frames ? 0 : frame + 1;
                descriptors.Prefetch(frame + Ahead); // past the end: harmless
                return frame;
            }
        }

        return -1;
    }
}
