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

    [Theory]
    [InlineData(0, 8, "io_min_workers")]
    [InlineData(33, 8, "io_min_workers")]
    [InlineData(2, 0, "io_max_workers")]
    [InlineData(2, 33, "io_max_workers")]
    public void Validate_WorkersOutsideTheRange_NamesTheSetting(int min, int max, string setting)
    {
        WorkerOptions options = new() { MinWorkers = min, MaxWorkers = max };
        var thrown = Assert.Throws<ArgumentOutOfRangeException>(options.Validate);
        Assert.Contains(setting, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_TimesOutsideTheRange_NamesTheSetting()
    {
        WorkerOptions idle = new() { IdleTimeout = TimeSpan.FromMilliseconds(-2) };
        WorkerOptions interval = new() { LaunchInterval = TimeSpan.FromDays(30) };
        Assert.Contains("io_worker_idle_timeout",
            Assert.Throws<ArgumentOutOfRangeException>(idle.Validate).Message, StringComparison.Ordinal);
        Assert.Contains("io_worker_launch_interval",
            Assert.Throws<ArgumentOutOfRangeException>(interval.Validate).Message, StringComparison.Ordinal);
        new WorkerOptions { IdleTimeout = Timeout.InfiniteTimeSpan, LaunchInterval = TimeSpan.Zero }.Validate();
    }

    [Fact]
    public void EffectiveMin_AboveTheMaximum_IsTheMaximum() =>
        Assert.Equal(1, new WorkerOptions { MinWorkers = 5, MaxWorkers = 1 }.EffectiveMin);
}
