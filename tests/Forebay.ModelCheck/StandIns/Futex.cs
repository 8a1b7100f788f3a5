namespace Forebay.ModelCheck.StandIns;

/// <summary>Stands in for the kernel's wait queue.</summary>
internal static class Futex
{
    public static int Wait(ref int word, int expected, long timeoutMs = -1)
    {
        _ = timeoutMs;
        return Scheduler.Current.Sleep(ref word, expected);
    }

    public static void Wake(ref int word, int count) => Scheduler.Current.Wake(ref word, count);

    public static void WakeAll(ref int word) => Scheduler.Current.Wake(ref word, int.MaxValue);
}
