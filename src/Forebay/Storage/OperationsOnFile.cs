using Forebay.Engine;
using Forebay.Handles;

namespace Forebay.Storage;

/// <summary>
/// Finds the operations that use a descriptor and sees them through, whoever issued them: what is only staged is
/// submitted on the way. The caller keeps the descriptor from being closed meanwhile.
/// </summary>
internal sealed class OperationsOnFile
{
    private IoEngine? _engine;

    /// <summary>Sets the engine whose operations use the files; once, before the first.</summary>
    public void Attach(IoEngine engine) => _engine = engine;

    /// <summary>Waits for one operation that uses the descriptor.</summary>
    /// <returns>False if there was none.</returns>
    public bool WaitForOne(int descriptor)
    {
        if (_engine is not { } engine)
            return false;
        for (int i = 0; i < engine.Handles.Count; i++)
        {
            IoWaitReference reference = UseOf(engine, i, descriptor);
            if (!reference.IsValid)
                continue;
            engine.Wait(reference);
            return true;
        }

        return false;
    }

    /// <summary>Waits for all operations that were started before the call and use the descriptor.</summary>
    public void WaitForStarted(int descriptor)
    {
        if (_engine is not { } engine)
            return;
        for (int i = 0; i < engine.Handles.Count; i++)
            engine.Wait(UseOf(engine, i, descriptor));
    }

    /// <summary>The operation of a handle if it uses the descriptor; else none.</summary>
    public IoWaitReference UseOf(int handle, int descriptor) =>
        _engine is { } engine ? UseOf(engine, handle, descriptor) : default;

    private static IoWaitReference UseOf(IoEngine engine, int index, int descriptor)
    {
        ref IoHandle handle = ref engine.Handles[index];
        IoHandleWord word = handle.Word;
        bool holdsFile = word.State is
            IoHandleState.Defined or IoHandleState.Staged or IoHandleState.Submitted;

        // Plain: the file was written before Defined and stays until the use is over. If the handle has moved on to
        // another use meanwhile, the reference is to the old one, and waiting for that returns at once.
        // Where there are other processes, the file is the executor's, and the same number elsewhere is another file.
        bool isOurs = !engine.IsShared || handle.Executor == engine.ProcessSlot + 1;
        return holdsFile && isOurs && handle.File.Descriptor == descriptor
            ? IoWaitReference.To(index, word.Generation)
            : default;
    }
}
