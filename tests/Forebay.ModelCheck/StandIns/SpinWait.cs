namespace Forebay.ModelCheck.StandIns;

/// <summary>Stands in for the runtime's: who spins goes on when what he has read has changed.</summary>
internal struct SpinWait
{
    public readonly void SpinOnce(int sleep1Threshold)
    {
        _ = sleep1Threshold;
        Scheduler.Spin();
    }
}
