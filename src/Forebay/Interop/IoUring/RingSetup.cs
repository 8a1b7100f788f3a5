namespace Forebay.Interop.IoUring;

/// <summary>
/// Setup by trial. The kernel answers -EINVAL to a flag that it does not know and does not say which one, so the
/// richest set is tried first and the newest flags are dropped, level by level, until the kernel agrees:
///
///   6.6 NoIndexArray | 6.1 DeferTaskRun | 6.0 SingleIssuer | 5.18 SubmitAll | 5.6 Clamp, 5.5 CompletionSize | 5.1 none
///
/// Any other errno ends the trial: it is a refusal, and a poorer ring would be refused as well.
/// </summary>
// SAFETY: the parameters live on the stack of TryOnce for the call that fills them.
internal static unsafe class RingSetup
{
    /// <summary>
    /// Without these the ring would not keep its promises. All are in 5.11; the library asks for 5.15.
    /// </summary>
    public const RingFeatures Required = RingFeatures.SingleMemoryMap | RingFeatures.NoDrop
        | RingFeatures.SubmitStable | RingFeatures.ExtendedArgument;

    // Newest first. The members of one level go together.
    private static ReadOnlySpan<RingSetupFlags> Levels =>
    [
        RingSetupFlags.NoIndexArray,
        RingSetupFlags.DeferTaskRun,
        RingSetupFlags.SingleIssuer,
        RingSetupFlags.SubmitAll,
        RingSetupFlags.Clamp | RingSetupFlags.CompletionSize,
    ];

    /// <summary>Returns the descriptor of a ring, or the negated errno of the last refusal.</summary>
    public static int Try(IRingKernel kernel, RingOptions options, out RingParameters granted)
    {
        RingSetupFlags wanted = Wanted(options);
        int result = TryOnce(kernel, options, wanted, out granted);
        foreach (RingSetupFlags level in Levels)
        {
            if (result != -(int)Errno.InvalidArgument)
                break;
            if ((wanted & level) == 0)
                continue;
            wanted &= ~level;
            result = TryOnce(kernel, options, wanted, out granted);
        }

        return result;
    }

    /// <summary>The richest flags that these options can use.</summary>
    public static RingSetupFlags Wanted(RingOptions options)
    {
        RingSetupFlags flags = RingSetupFlags.Clamp | RingSetupFlags.CompletionSize | RingSetupFlags.SubmitAll
            | RingSetupFlags.NoIndexArray;
        if (options.Threading == RingThreading.Owned)
            flags |= RingSetupFlags.SingleIssuer | RingSetupFlags.DeferTaskRun;
        flags &= ~options.Without;

        // DeferTaskRun is only defined together with SingleIssuer, Clamp of a size only where there is one to clamp.
        if ((flags & RingSetupFlags.SingleIssuer) == 0)
            flags &= ~RingSetupFlags.DeferTaskRun;
        return options.StartDisabled ? flags | RingSetupFlags.StartDisabled : flags;
    }

    private static int TryOnce(
        IRingKernel kernel, RingOptions options, RingSetupFlags flags, out RingParameters granted)
    {
        RingParameters parameters = new() { Flags = flags };
        uint entries = (uint)options.Entries;
        uint inFlight = Math.Max((uint)options.InFlightMax, entries);
        if ((flags & RingSetupFlags.CompletionSize) != 0)
            parameters.CompletionEntries = inFlight;
        else
            entries = Math.Max(entries, (inFlight + 1) / 2);   // the completion queue then gets twice as many

        // SAFETY: `parameters` lives on this stack for the whole call; nobody else knows it.
        int result = kernel.Setup(entries, &parameters);
        granted = parameters;
        return result;
    }
}
