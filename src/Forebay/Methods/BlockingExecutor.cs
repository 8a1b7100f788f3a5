using System.Diagnostics;
using Forebay.Handles;
using Forebay.Interop;
using Forebay.Primitives;

namespace Forebay.Methods;

/// <summary>
/// Executes one submitted operation by blocking calls and completes it: the issuing thread's way under sync, under
/// the flag Synchronous and on overflow, and the workers' way always.
/// </summary>
internal sealed class BlockingExecutor(MethodServices services)
{
    /// <summary>Executes the operation to its completion. The handle is Submitted and its file leased.</summary>
    public void Execute(int handle)
    {
        IoHandleView view = new(services.Handles, handle);
        int ignored = 0;
        services.HoldPoints?.Reached(HoldPoint.BeforeExecute, view, ref ignored);

        // Complete says no to transient results only, a bounded number of times.
        while (!services.Sink.Complete(handle, Transfer(handle)))
        {
        }
    }

    /// <summary>Executes the operation and leaves the completing to the caller.</summary>
    /// <returns>Bytes transferred or -errno.</returns>
    public int Transfer(int index)
    {
        ref IoHandle handle = ref services.Handles[index];
        if (!handle.File.IsValid)
            return handle.RawResult; // it failed before a file was opened; the issuer left the reason here
        Span<IoVector> room = stackalloc IoVector[services.Handles.CombineMax];
        switch (handle.Operation)
        {
            case IoOperation.ReadVector:
                return FileTransfer.Read(handle.File.Descriptor, Vectors(index, ref handle, room), handle.Offset,
                    CallFlags(handle.Flags));
            case IoOperation.WriteVector:
                return FileTransfer.Write(handle.File.Descriptor, Vectors(index, ref handle, room), handle.Offset,
                    CallFlags(handle.Flags));
            case IoOperation.SyncData:
                return FileTransfer.Sync(handle.File.Descriptor, dataOnly: true);
            case IoOperation.Sync:
                return FileTransfer.Sync(handle.File.Descriptor, dataOnly: false);
            case IoOperation.None:
            default:
                Invariant.Fail("I-06: an undefined operation was submitted");
                throw new UnreachableException();
        }
    }

    private ReadOnlySpan<IoVector> Vectors(int index, ref IoHandle handle, Span<IoVector> room)
    {
        int count = services.Arenas.FillVectors(handle.Arena, services.Handles.Frames(index), 0, handle.Length, room);
        return room[..count];
    }

    private static int CallFlags(IoHandleFlags flags) =>
        (flags & IoHandleFlags.Uncached) != 0 ? FileTransfer.Uncached : 0;
}
