using Forebay.Handles;

namespace Forebay.Diagnostics;

/// <summary>
/// One handle as it was at one instant: all fields belong to the state and to the use that <see cref="Word"/> tells.
/// What a state does not yet tell is left out by who reads it, as the owner may be writing it just then:
/// <code>
/// HandedOut           nothing: it is being described
/// Defined and later   what is done to what
/// Submitted           when, and where the method has put it
/// CompletedIo         the raw result
/// CompletedShared     the outcome
/// </code>
/// </summary>
internal readonly struct HandleCopy
{
    // The owner moves each handle in a few steps; who met a change so often in a row looks at a storm, not at a row.
    private const int AttemptsMax = 64;

    private HandleCopy(IoHandleWord word, ref IoHandle handle)
    {
        Word = word;
        Owner = handle.Owner;
        Lane = handle.Lane;
        RawResult = handle.RawResult;
        Distilled = handle.Distilled;
        Operation = handle.Operation;
        TargetId = handle.TargetId;
        Flags = handle.Flags;
        DataLength = handle.DataLength;
        Offset = handle.Offset;
        Length = handle.Length;
        SubmittedAt = handle.SubmittedAt;
        Target = handle.Target;
        Waiters = handle.Wait.Waiters;
    }

    public IoHandleWord Word { get; }

    public int Owner { get; }

    public int Lane { get; }

    public int RawResult { get; }

    public IoResult Distilled { get; }

    public IoOperation Operation { get; }

    public byte TargetId { get; }

    public IoHandleFlags Flags { get; }

    public byte DataLength { get; }

    public long Offset { get; }

    public int Length { get; }

    public long SubmittedAt { get; }

    public IoTargetData Target { get; }

    public int Waiters { get; }

    /// <summary>Copies a handle that is in use.</summary>
    /// <returns>False if it is idle, or did not stand still for as long as copying takes.</returns>
    public static bool TryTake(ref IoHandle handle, out HandleCopy copy)
    {
        for (int attempt = 0; attempt < AttemptsMax; attempt++)
        {
            IoHandleWord word = handle.Word; // acquire: what was written before this state is read after it
            if (word.State == IoHandleState.Idle)
                break;
            copy = new HandleCopy(word, ref handle);

            // The copying stays before the second look. A party that has moved the handle on fenced before it wrote
            // anything of the next state: had we read any of that, we would see the word moved.
            Volatile.ReadBarrier();
            if (handle.Word == word)
                return true;
        }

        copy = default;
        return false;
    }
}
