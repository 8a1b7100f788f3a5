namespace Forebay.Buffers;

/// <summary>Going over all frames, for flushing and for forgetting a relation.</summary>
internal sealed partial class BufferPool
{
    /// <summary>Lists the dirty pages of a fork, or of all forks, in file order.</summary>
    /// <param name="fork">Any tag of the fork; null = every fork.</param>
    /// <param name="into">Receives frame and tag; cleared first.</param>
    public void ListDirty(BufferTag? fork, List<(BufferTag Tag, int Frame)> into)
    {
        into.Clear();
        for (int frame = 0; frame < FrameCount; frame++)
        {
            // A reading without a pin: the writer pins under the tag and looks again before it believes this. The word
            // first: then the tag is at least as new.
            if (!_descriptors[frame].Word.Has(BufferWord.Dirty | BufferWord.TagValid))
                continue;
            BufferTag tag = _descriptors[frame].Tag;
            if (fork is not { } wanted || tag.IsSameFork(wanted))
                into.Add((tag, frame));
        }

        into.Sort(static (a, b) => a.Tag.CompareTo(b.Tag));
    }

    /// <summary>
    /// Whether a frame may hold a page of the fork from the given block on; confirmed by pinning only.
    /// </summary>
    public bool MayHold(int frame, in BufferTag from, out BufferTag tag)
    {
        bool isUsed = _descriptors[frame].Word.Has(BufferWord.TagValid); // first: then the tag is at least as new
        tag = _descriptors[frame].Tag;
        return isUsed && tag.IsSameFork(from) && tag.Block >= from.Block;
    }
}
