namespace Forebay.ModelCheck.StandIns;

/// <summary>Stands in for the runtime's: each access is one step of the scheduler.</summary>
internal static class Volatile
{
    public static int Read(ref readonly int word) => Scheduler.Step(StepKind.Read, in word, static (ref int w) => w);

    public static long Read(ref readonly long word) =>
        Scheduler.Step(StepKind.Read, in word, static (ref long w) => w);

    public static void Write(ref int word, int value) => Scheduler.Step(StepKind.Write, in word, (ref int w) =>
    {
        w = value;
        return 0;
    }, value);

    public static void Write(ref long word, long value) => Scheduler.Step(StepKind.Write, in word, (ref long w) =>
    {
        w = value;
        return 0L;
    }, value);

    /// <summary>No step of its own: it orders those around it.</summary>
    public static void WriteBarrier() => Scheduler.WriteBarrier();
}
