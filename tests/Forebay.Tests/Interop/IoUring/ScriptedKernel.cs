using Forebay.Interop;
using Forebay.Interop.IoUring;

namespace Forebay.Tests.Interop.IoUring;

// The real kernel behind a script: it may refuse setups, hide features, refuse flags, and answer an enter or a
// registration with an errno. It records what it was asked.
internal sealed unsafe class ScriptedKernel : IRingKernel
{
    private readonly RingKernel _real = RingKernel.Instance;

    // A refusal of every setup.
    public Errno SetupErrno { get; init; }

    // What this kernel is too old for: EINVAL.
    public RingSetupFlags UnknownFlags { get; init; }

    public RingFeatures HiddenFeatures { get; init; }

    // The next enter answers this, once, without reaching the kernel.
    public Errno NextEnterErrno { get; set; }

    public Func<RingRegisterOperation, Errno> RegisterErrno { get; set; } = _ => Errno.None;

    public List<RingSetupFlags> Asked { get; } = [];

    public int Enters { get; private set; }

    public RingEnterFlags LastEnterFlags { get; private set; }

    public int Setup(uint entries, RingParameters* parameters)
    {
        Asked.Add(parameters->Flags);
        if (SetupErrno != Errno.None)
            return -(int)SetupErrno;
        if ((parameters->Flags & UnknownFlags) != 0)
            return -(int)Errno.InvalidArgument;
        int result = _real.Setup(entries, parameters);
        parameters->Features &= ~HiddenFeatures;
        return result;
    }

    public int Enter(
        int ring, uint submitCount, uint completeMin, RingEnterFlags flags, void* argument, nuint argumentSize)
    {
        Enters++;
        LastEnterFlags = flags;
        Errno errno = NextEnterErrno;
        NextEnterErrno = Errno.None;
        return errno == Errno.None
            ? _real.Enter(ring, submitCount, completeMin, flags, argument, argumentSize)
            : -(int)errno;
    }

    public int Register(int ring, RingRegisterOperation operation, void* argument, uint count)
    {
        Errno errno = RegisterErrno(operation);
        return errno == Errno.None ? _real.Register(ring, operation, argument, count) : -(int)errno;
    }
}
