using System.Collections.Concurrent;
using Forebay.Interop;
using Forebay.Interop.IoUring;

namespace Forebay.Tests.Methods.IoUring;

/// <summary>
/// The real kernel, except where the test's script answers. Scripts may be changed while the engine runs.
/// </summary>
internal sealed unsafe class RefusingKernel : IRingKernel
{
    private readonly RingKernel _real = RingKernel.Instance;
    private readonly ConcurrentQueue<int> _rings = new();
    private readonly ConcurrentQueue<RingRegisterOperation> _registrations = new();
    private readonly ConcurrentQueue<(int Ring, int Slot, int Descriptor)> _fileUpdates = new();
    private int _refusals;

    /// <summary>What a call that submits answers instead of the kernel; None = the kernel answers.</summary>
    public Func<uint, Errno>? OnSubmit { get; set; }

    /// <summary>Runs after the kernel has taken entries and before the submitter hears of it.</summary>
    public Action? AfterSubmit { get; set; }

    /// <summary>Most entries that one call takes; zero = all.</summary>
    public int AcceptMax { get; set; }

    /// <summary>What setup answers to a ring of so many entries; None = the kernel answers.</summary>
    public Func<uint, Errno>? OnSetup { get; set; }

    /// <summary>What a registration answers; None = the kernel answers.</summary>
    public Func<RingRegisterOperation, Errno>? OnRegister { get; set; }

    public int Refusals => Volatile.Read(ref _refusals);

    /// <summary>Descriptors of the rings made so far, those of the probe first.</summary>
    public int[] Rings => [.. _rings];

    /// <summary>What was to be registered so far, refused or not.</summary>
    public RingRegisterOperation[] Registrations => [.. _registrations];

    /// <summary>Files put into slots so far, those refused left out; -1 = the slot was emptied.</summary>
    public (int Ring, int Slot, int Descriptor)[] FileUpdates => [.. _fileUpdates];

    /// <summary>Puts another file into a slot behind the method's back: who reads by the slot now reads that.</summary>
    public void Exchange(int ring, int slot, int descriptor)
    {
        // SAFETY: both live on this stack for the call.
        ResourceUpdate update = new() { Offset = (uint)slot, Data = (ulong)&descriptor };
        Assert.Equal(1, _real.Register(ring, RingRegisterOperation.FilesUpdate, &update, 1));
    }

    /// <summary>
    /// From the end of a scope on the kernel answers, so that a test that fails does not hang on what was refused.
    /// </summary>
    public IDisposable AcceptAtEnd() => new End(this);

    public int Setup(uint entries, RingParameters* parameters)
    {
        Errno errno = OnSetup?.Invoke(entries) ?? Errno.None;
        if (errno != Errno.None)
            return -(int)errno;
        int result = _real.Setup(entries, parameters);
        _rings.Enqueue(result);
        return result;
    }

    public int Enter(
        int ring, uint submitCount, uint completeMin, RingEnterFlags flags, void* argument, nuint argumentSize)
    {
        if (submitCount > 0 && OnSubmit?.Invoke(submitCount) is { } errno and not Errno.None)
        {
            Interlocked.Increment(ref _refusals);
            return -(int)errno;
        }

        if (submitCount > AcceptMax && AcceptMax > 0)
            submitCount = (uint)AcceptMax;
        int result = _real.Enter(ring, submitCount, completeMin, flags, argument, argumentSize);
        if (submitCount > 0)
            AfterSubmit?.Invoke();
        return result;
    }

    public int Register(int ring, RingRegisterOperation operation, void* argument, uint count)
    {
        _registrations.Enqueue(operation);
        Errno errno = OnRegister?.Invoke(operation) ?? Errno.None;
        if (errno != Errno.None)
            return -(int)errno;
        if (operation == RingRegisterOperation.FilesUpdate)
        {
            // SAFETY: Ring.UpdateFile passes one update that names one descriptor, both alive for the call.
            ResourceUpdate* update = (ResourceUpdate*)argument;
            _fileUpdates.Enqueue((ring, (int)update->Offset, *(int*)update->Data));
        }

        return _real.Register(ring, operation, argument, count);
    }

    private sealed class End(RefusingKernel kernel) : IDisposable
    {
        public void Dispose()
        {
            kernel.OnSubmit = null;
            kernel.AfterSubmit = null;
            kernel.AcceptMax = 0;
        }
    }
}
