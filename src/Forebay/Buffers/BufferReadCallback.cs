using Forebay.Callbacks;
using Forebay.Handles;
using Forebay.Primitives;
using Forebay.Storage;
using Forebay.Targets;

namespace Forebay.Buffers;

/// <summary>
/// The pool's part of a read: takes the operation's own pins when it is staged; when it is over, checks each page and
/// makes it valid or failed. One bad page does not spoil its neighbours.
/// </summary>
internal sealed class BufferReadCallback(byte id, BufferPools pools, PageCheckRegistry checks, IoTarget relation)
    : IoCallback
{
    private const int CheckShift = 4;

    /// <inheritdoc/>
    public override string Name => id == IoCallbackIds.SharedBufferRead ? "shared-buffer-read" : "local-buffer-read";

    /// <inheritdoc/>
    public override IoCallbackHooks Hooks =>
        IoCallbackHooks.Stage | IoCallbackHooks.CompleteShared | IoCallbackHooks.Report;

    /// <summary>The callback's byte: four flags and the page check.</summary>
    public static byte Data(ReadRunFlags flags, byte pageCheck) => (byte)((int)flags | (pageCheck << CheckShift));

    /// <inheritdoc/>
    public override void Stage(in IoHandleView handle, byte data)
    {
        BufferPool pool = pools[handle.Arena];
        foreach (int frame in handle.Frames)
            pool.Descriptor(frame).PinAgain();
    }

    /// <inheritdoc/>
    public override IoResult CompleteShared(in IoHandleView handle, IoResult result, byte data)
    {
        BufferPool pool = pools[handle.Arena];
        PageCheck? check = checks.Find(data >> CheckShift);
        ReadRunFlags flags = (ReadRunFlags)(data & 0xF);
        ReadOnlySpan<int> frames = handle.Frames;
        uint firstBlock = RelationTargetData.Unpack(handle.Target).Block;
        int read = result.Status == IoStatus.Error ? 0 : result.Value;
        FaultTally tally = default;
        for (int i = 0; i < frames.Length; i++)
        {
            bool good = i < read;
            if (good && check is not null)
                good = Judge(check, pool.Page(frames[i]), firstBlock + (uint)i, i, flags, ref tally);
            pool.Descriptors.EndIo(
                frames[i],
                handle.Index,
                set: good ? BufferWord.Valid : BufferWord.IoError,
                clear: good ? BufferWord.IoError : BufferWord.Valid,
                dropPin: true);
            DeathPoints.Reach(DeathPoint.ReadEnded);
        }

        return result.Status == IoStatus.Error ? result : tally.Conclude(result, id);
    }

    /// <inheritdoc/>
    public override Exception Report(IoResult result, in IoTargetData target) =>
        PageException.From(PageFaults.Unpack(result.Detail), result.Status, relation, target);

    private static bool Judge(
        PageCheck check, Span<byte> page, uint block, int offset, ReadRunFlags flags, ref FaultTally tally)
    {
        PageVerdict verdict = check.Check(page, block);
        switch (verdict)
        {
            case PageVerdict.Good:
                return true;
            case PageVerdict.ChecksumFailure when (flags & ReadRunFlags.IgnoreChecksumFailure) != 0:
                tally.Ignore(offset);
                return true;
            case PageVerdict.ChecksumFailure:
            case PageVerdict.Damaged:
            default:
                bool zero = (flags & ReadRunFlags.ZeroOnError) != 0;
                tally.Fault(offset, verdict == PageVerdict.ChecksumFailure, zero);
                if (zero)
                    page.Clear();
                return zero;
        }
    }
}
