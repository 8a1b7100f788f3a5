using Forebay.Interop;
using Forebay.Interop.IoUring;

namespace Forebay.Tests.Methods.IoUring;

/// <summary>
/// The real kernel, except where the test's script answers. Scripts may be changed while the engine runs.
/// </summary>
internal sealed unsafe class RefusingKernel : IRingKernel
{
    private readonly RingKernel _real = RingKernel.Instance;
    private int _refusals;

    /// <summary>What a call that submits answers instead of the kernel; None = the kernel answers.</summary>
    public Func<uint, Errno>? OnSubmit { get; set; }

    /// <summary>Most entries that one call takes; zero = all.</summary>
    public int AcceptMax { get; set; }

    /// <summary>What setup answers, by how many rings were made before; None = the kernel answers.</summary>
    public Func<uint, Errno>? OnSetup { get; set; }

    public Func<RingRegisterOperation, Errno>? OnRegister { get; set; }

    public int Refusals => Volatile.Read(ref _refusals);

    public int Setup(uint entries, RingParameters* parameters)
    {
        Errno errno = OnSetup?.Invoke(entries) ?? Errno.None;
        return errno == Errno.None ? _real.Setup(entries, parameters) : -(int)errno;
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
        return _real.Enter(ring, submitCount, completeMin, flags, argument, argumentSize);
    }

    public int Register(int ring, RingRegisterOperation operation, void* argument, uint count)
    {
        Errno errno = OnRegister?.Invoke(operation) ?? Errno.None;
        return errno == Errno.None ? _real.Register(ring, operation, argument, count) : -(int)errno;
    }
}
