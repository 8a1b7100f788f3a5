using Forebay.Interop;
using Forebay.Interop.IoUring;

namespace Forebay.Tests.Interop.IoUring;

// Rings for tests: granted by the real kernel, or the test is skipped with the reason.
internal static class RingTesting
{
    public const int ReadWrite = 0x2;
    public static readonly int Direct =
        System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture
            == System.Runtime.InteropServices.Architecture.Arm64 ? 0x10000 : 0x4000;

    // Long enough for any machine; reached only by a failing test.
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Ring Create(RingOptions? options = null, IRingKernel? kernel = null)
    {
        bool usable = Ring.TryCreate(new RingOptions(), out Ring? plain, out RingRefusal? refusal);
        Assert.SkipUnless(usable, $"io_uring is refused here: {refusal}");
        plain!.Dispose();

        // From here on a refusal is a failure: what is asked for is no more than what was just granted.
        options ??= new RingOptions();
        kernel ??= RingKernel.Instance;
        bool granted = Ring.TryCreate(kernel, options, null, out Ring? ring, out refusal);
        Assert.True(granted, refusal?.ToString());
        return ring!;
    }

    // Submits what is pending and drains exactly `count` completions.
    public static Completion[] SubmitAndDrain(Ring ring, int count)
    {
        int pending = ring.PendingCount;
        Assert.Equal(pending, ring.Submit());
        return Drain(ring, count);
    }

    public static Completion[] Drain(Ring ring, int count)
    {
        Completion[] completions = new Completion[count];
        int drained = 0;
        while (drained < count)
        {
            int now = ring.Drain(completions.AsSpan(drained));
            drained += now;
            if (now > 0 || drained == count)
                continue;
            int result = ring.Wait(1, Patience);
            Assert.True(result >= 0 || result == -(int)Errno.Interrupted, $"wait: {result}");
        }

        return completions;
    }

    public static void SkipUnless(Ring ring, RingOperation operation)
    {
        Assert.Equal(0, ring.Probe(out OperationProbe probe));
        bool known = (probe.Operations[(int)operation].Flags & OperationProbe.Supported) != 0;
        Assert.SkipUnless(known, $"this kernel has no {operation}");
    }
}
