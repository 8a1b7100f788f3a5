namespace Forebay.Methods.Worker;

/// <summary>
/// A worker's own recent experience: does being woken lead to work? One that was woken more often than it found
/// something to do wakes nobody else, so that beyond as many workers as the load feeds the others stay asleep.
/// Both counts are halved when one reaches the limit: only the last few events count.
/// </summary>
internal struct WakeHistory
{
    private const int Limit = 4;

    private int _wakeUps;
    private int _operations;

    /// <summary>Whether this worker may wake another, or ask for one more.</summary>
    public readonly bool MayWakeOthers => _wakeUps <= _operations;

    /// <summary>It was woken.</summary>
    public void CountWakeUp()
    {
        if (++_wakeUps == Limit)
            Halve();
    }

    /// <summary>It found something to do.</summary>
    public void CountOperation()
    {
        if (++_operations == Limit)
            Halve();
    }

    private void Halve()
    {
        _wakeUps /= 2;
        _operations /= 2;
    }
}
