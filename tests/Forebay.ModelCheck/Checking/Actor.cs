namespace Forebay.ModelCheck.Checking;

/// <summary>
/// One thread of a model. Its program is run again and again from its beginning, each time as far as it is known what
/// it has seen, so it keeps nothing outside itself but in the model's memory.
/// </summary>
/// <param name="name">For people.</param>
/// <param name="body">The program.</param>
/// <param name="isMortal">Whether it may die before any of its steps but the first.</param>
/// <param name="plainlyReads">
/// Places (start, bytes) that it reads in other ways than by steps, and that others write: what is there after each of
/// its steps is part of what it has seen.
/// </param>
internal sealed class Actor(string name, Action body, bool isMortal, params (int Start, int Bytes)[] plainlyReads)
{
    public string Name => name;

    public Action Body => body;

    public bool IsMortal => isMortal;

    public (int Start, int Bytes)[] PlainlyReads => plainlyReads;

    /// <summary>Where it is in the state that is being looked at.</summary>
    public ActorState State { get; set; }

    /// <summary>What its program has last said of itself (<see cref="Scheduler.Mark"/>).</summary>
    public long Mark { get; set; }
}
