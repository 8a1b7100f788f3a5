namespace Forebay.Methods.Worker;

/// <summary>An answer of <see cref="WorkerScaling"/>.</summary>
/// <param name="Action">What to do.</param>
/// <param name="Delay">How long to wait; <see cref="Timeout.InfiniteTimeSpan"/> = for a signal only.</param>
/// <param name="GrowthGated">The delay ends no later than growth is next permitted: no signal is needed for it.</param>
internal readonly record struct WorkerScalingDecision(WorkerScalingAction Action, TimeSpan Delay, bool GrowthGated);
