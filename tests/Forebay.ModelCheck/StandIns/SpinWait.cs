namespace Forebay.ModelCheck.StandIns;

/// <summary>Stands in for the runtime's. Who runs next is for the scheduler to say anyway.</summary>
internal struct SpinWait
{
    public readonly void SpinOnce(int sleep1Threshold) => _ = sleep1Threshold;
}
