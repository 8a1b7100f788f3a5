namespace Forebay.Tests.Model;

/// <summary>
/// How a whole state of the machine lies in one small byte array: memory, then per thread its place, what it sleeps
/// on, its registers, and its store buffer.
/// </summary>
internal sealed record ModelLayout(int Cells, int Threads)
{
    public const int Registers = 5;
    public const int BufferDepth = 3;

    private const int PerThread = 2 + Registers + 2 * BufferDepth;

    public int Length => Cells + Threads * PerThread;

    public int PlaceOf(int thread) => Cells + thread * PerThread;

    /// <summary>The cell that the thread sleeps on, plus one; zero = awake.</summary>
    public int SleepOf(int thread) => PlaceOf(thread) + 1;

    public int RegisterOf(int thread, int register) => PlaceOf(thread) + 2 + register;

    /// <summary>
    /// Cell plus one of a buffered store, zero = none; the value follows. The high bit marks a release.
    /// </summary>
    public int BufferOf(int thread, int entry) => PlaceOf(thread) + 2 + Registers + 2 * entry;
}
