using Forebay.Callbacks;
using Forebay.Handles;
using Forebay.Primitives;

namespace Forebay.Buffers;

/// <summary>
/// The pool's part of a write: the operation has pins of its own and takes over the share-exclusive content locks; when
/// it is over, pages that were written become clean, the others stay dirty.
/// </summary>
internal sealed class BufferWriteCallback(byte id, BufferPools pools) : IoCallback
{
    /// <inheritdoc/>
    public override string Name => id == IoCallbackIds.SharedBufferWrite ? "shared-buffer-write" : "local-buffer-write";

    /// <inheritdoc/>
    public override IoCallbackHooks Hooks => IoCallbackHooks.Stage | IoCallbackHooks.CompleteShared;

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
        ReadOnlySpan<int> frames = handle.Frames;
        int written = result.Status == IoStatus.Error ? 0 : result.Value;
        for (int i = 0; i < frames.Length; i++)
        {
            bool done = i < written;

            // Under the lock nobody has changed the page since it was handed to the kernel: what was written is what
            // is in the frame. So clean first, then unlock, then let the frame go.
            long cleared = done ? BufferWord.Dirty | BufferWord.IoError : 0;
            pool.Descriptors.EndIo(
                frames[i], handle.Index, done ? 0 : BufferWord.IoError, cleared, dropPin: false);
            DeathPoints.Reach(DeathPoint.WriteEnded);
            pool.Descriptors.ExitContent(frames[i], ContentLockMode.ShareExclusive);
            DeathPoints.Reach(DeathPoint.WriteUnlocked);
            pool.Descriptors.Unpin(frames[i]);
            DeathPoints.Reach(DeathPoint.WriteUnpinned);
        }

        return result;
    }
}
