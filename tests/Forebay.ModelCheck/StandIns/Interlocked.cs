namespace Forebay.ModelCheck.StandIns;

/// <summary>
/// Stands in for the runtime's: each call is one step of the scheduler, or several if a test takes atomicity away.
/// </summary>
internal static class Interlocked
{
    public static int CompareExchange(ref int word, int value, int comparand)
    {
        if (Scheduler.Defect == Defect.CompareExchangeInTwoSteps)
        {
            int seen = Volatile.Read(in word);
            if (seen == comparand)
                Volatile.Write(ref word, value);
            return seen;
        }

        return Scheduler.Step(StepKind.CompareExchange, in word, (ref int w) =>
        {
            int before = w;
            if (before == comparand)
                w = value;
            return before;
        });
    }

    public static long CompareExchange(ref long word, long value, long comparand)
    {
        if (Scheduler.Defect == Defect.CompareExchangeInTwoSteps)
        {
            long seen = Volatile.Read(in word);
            if (seen == comparand)
                Volatile.Write(ref word, value);
            return seen;
        }

        return Scheduler.Step(StepKind.CompareExchange, in word, (ref long w) =>
        {
            long before = w;
            if (before == comparand)
                w = value;
            return before;
        });
    }

    public static int Exchange(ref int word, int value)
    {
        if (Scheduler.Defect == Defect.ExchangeInTwoSteps)
        {
            int seen = Volatile.Read(in word);
            Volatile.Write(ref word, value);
            return seen;
        }

        return Change(StepKind.Exchange, ref word, _ => value);
    }

    public static int Increment(ref int word) =>
        Change(StepKind.Add, ref word, static w => w + 1) + 1;

    public static int Decrement(ref int word) => Change(StepKind.Add, ref word, static w => w - 1) - 1;

    public static int Add(ref int word, int value) => Change(StepKind.Add, ref word, w => w + value) + value;

    public static int Or(ref int word, int value) => Change(StepKind.Bits, ref word, w => w | value);

    public static int And(ref int word, int value) => Change(StepKind.Bits, ref word, w => w & value);

    public static long Add(ref long word, long value) =>
        Scheduler.Step(StepKind.Add, in word, (ref long w) => w += value);

    public static void MemoryBarrier() => Scheduler.Fence();

    private static int Change(StepKind kind, ref int word, Func<int, int> change)
    {
        if (Scheduler.Defect == Defect.ChangeInTwoSteps)
        {
            int seen = Volatile.Read(in word);
            Volatile.Write(ref word, change(seen));
            return seen;
        }

        return Scheduler.Step(kind, in word, (ref int w) =>
        {
            int before = w;
            w = change(before);
            return before;
        });
    }
}
