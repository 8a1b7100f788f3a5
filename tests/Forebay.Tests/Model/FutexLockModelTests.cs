namespace Forebay.Tests.Model;

public sealed class FutexLockModelTests
{
    [Theory]
    [InlineData(2, 1, false)]
    [InlineData(2, 2, false)]
    [InlineData(3, 1, false)]
    [InlineData(2, 2, true)]
    [InlineData(3, 1, true)]
    public void FutexLock_EveryInterleaving_OneInsideAndNobodyLeftBehind(int threads, int rounds, bool relaxedStores)
    {
        ModelOutcome outcome = FutexLockModel.Explore(FutexLockMutation.None, threads, rounds, relaxedStores);

        Assert.True(outcome.Violation is null, outcome.ToString());
        TestContext.Current.TestOutputHelper?.WriteLine(outcome.ToString());
    }

    [Theory]
    [InlineData(FutexLockMutation.TakeUnmarkedAfterSleep, 3, "lost wake-up")]
    [InlineData(FutexLockMutation.SleepUnannounced, 2, "lost wake-up")]
    [InlineData(FutexLockMutation.AnnounceWithoutCompare, 2, "lost wake-up")]
    [InlineData(FutexLockMutation.ExitWithoutWake, 2, "lost wake-up")]
    [InlineData(FutexLockMutation.ExitInTwoSteps, 2, "lost wake-up")]
    [InlineData(FutexLockMutation.EnterInTwoSteps, 2, "1 increments of 2")]
    [InlineData(FutexLockMutation.SleepOnAnyValue, 2, "lost wake-up")]
    public void FutexLock_OneThingTakenAway_IsFound(FutexLockMutation mutation, int threads, string violation)
    {
        ModelOutcome outcome = FutexLockModel.Explore(mutation, threads, rounds: 1);

        Assert.StartsWith(violation, outcome.Violation);
        Assert.NotEmpty(outcome.Trace);
    }

    [Fact]
    public void FutexLock_ExitWithoutRelease_TheNextHolderMissesAStore()
    {
        ModelOutcome outcome = FutexLockModel.Explore(
            FutexLockMutation.ExitWithoutRelease, threads: 2, rounds: 1, relaxedStores: true);

        Assert.NotNull(outcome.Violation);
    }
}
