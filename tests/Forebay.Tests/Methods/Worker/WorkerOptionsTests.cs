using Forebay.Methods.Worker;

namespace Forebay.Tests.Methods.Worker;

public sealed class WorkerOptionsTests
{
    [Fact]
    public void Defaults_OfARecord_AreTheDocumentedOnes()
    {
        WorkerOptions options = new();
        options.Validate();
        Assert.Equal(2, options.MinWorkers);
        Assert.Equal(Math.Min(8, 4 * Environment.ProcessorCount), options.MaxWorkers);
        Assert.Equal(TimeSpan.FromSeconds(60), options.IdleTimeout);
        Assert.Equal(TimeSpan.FromMilliseconds(100), options.LaunchInterval);
    }

    [Fact]
    public void Validate_ForEver_IsForTheIdleTimeoutOnly()
    {
        new WorkerOptions { IdleTimeout = Timeout.InfiniteTimeSpan, LaunchInterval = TimeSpan.Zero }.Validate();
        Assert.Throws<ArgumentException>(new WorkerOptions { LaunchInterval = Timeout.InfiniteTimeSpan }.Validate);
    }

    [Fact]
    public void EffectiveMin_AboveTheMaximum_IsTheMaximum() =>
        Assert.Equal(1, new WorkerOptions { MinWorkers = 5, MaxWorkers = 1 }.EffectiveMin);
}
