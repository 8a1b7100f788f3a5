using Forebay.Buffers;
using Forebay.Memory;

namespace Forebay.Diagnostics;

/// <summary>The frames of the shared pool, copied one by one while all work goes on.</summary>
internal sealed class BufferView(SegmentArray<BufferDescriptor> descriptors)
{
    private const int AttemptsMax = 64;

    /// <summary>Those that hold a page, by frame.</summary>
    public List<BufferRow> Take()
    {
        List<BufferRow> rows = [];
        for (int frame = 0; frame < descriptors.Length; frame++)
        {
            if (TryCopy(ref descriptors[frame], out BufferTag tag, out BufferWord word, out ContentLockMode? locked))
            {
                rows.Add(new BufferRow
                {
                    Frame = frame,
                    Relation = tag.Locator,
                    Fork = tag.Fork,
                    Block = tag.Block,
                    IsValid = word.Has(BufferWord.Valid),
                    IsDirty = word.Has(BufferWord.Dirty),
                    HasFailed = word.Has(BufferWord.IoError),
                    Usage = word.Usage,
                    Pins = word.Pins,
                    InProgressBy = word.InProgress == 0 ? null : word.InProgress - 1,
                    Locked = locked,
                });
            }
        }

        return rows;
    }

    /// <summary>Counts them; each frame as its word is, so nothing is looked at twice.</summary>
    public BufferSummary Summarize()
    {
        int used = 0;
        int dirty = 0;
        int pinned = 0;
        int inProgress = 0;
        int[] byUsage = new int[BufferWord.UsageMax + 1];
        for (int frame = 0; frame < descriptors.Length; frame++)
        {
            BufferWord word = descriptors[frame].Word;
            pinned += word.Pins > 0 ? 1 : 0;
            inProgress += word.InProgress != 0 ? 1 : 0;
            if (!word.Has(BufferWord.TagValid))
                continue;
            used++;
            dirty += word.Has(BufferWord.Dirty) ? 1 : 0;
            byUsage[Math.Min(word.Usage, BufferWord.UsageMax)]++;
        }

        return new BufferSummary(descriptors.Length, used, dirty, pinned, inProgress, byUsage);
    }

    /// <summary>Copies what belongs together: the word and the page that the frame held then.</summary>
    private static bool TryCopy(
        ref BufferDescriptor descriptor, out BufferTag tag, out BufferWord word, out ContentLockMode? locked)
    {
        for (int attempt = 0; attempt < AttemptsMax; attempt++)
        {
            // Acquire: the word after it. A tag is written while TagValid is off, with the version, between two full
            // fences: whoever finds it on before and after, and the version unmoved, has met no writing.
            uint version = Volatile.Read(ref descriptor.TagVersion);
            word = descriptor.Word;
            if (!word.Has(BufferWord.TagValid))
                break;
            tag = descriptor.Tag;
            locked = descriptor.Content.Strongest;
            Volatile.ReadBarrier(); // the copying stays before the second look
            if (descriptor.Word == word && Volatile.Read(ref descriptor.TagVersion) == version) // acquire: as above
                return true;
        }

        (tag, word, locked) = (default, default, null);
        return false;
    }
}
