namespace Forebay.Tests.Model;

public sealed class AsyncWaitersModelTests
{
    [Fact]
    public void AsyncWaiters_EveryInterleaving_NobodyIsLostAndNobodyIsResumedForAnother()
    {
        ModelOutcome outcome = AsyncWaitersModel.Explore(AsyncWaitersMutation.None);

        Assert.True(outcome.Violation is null, outcome.ToString());
        TestContext.Current.TestOutputHelper?.WriteLine(outcome.ToString());
    }

    [Theory]
    [InlineData(AsyncWaitersMutation.WalkOutsideTheGate)]
    [InlineData(AsyncWaitersMutation.NoRemove)]
    [InlineData(AsyncWaitersMutation.CancellationNotWaitedOut)]
    [InlineData(AsyncWaitersMutation.NoReRead)]
    public void AsyncWaiters_OneThingTakenAway_IsFound(AsyncWaitersMutation mutation)
    {
        ModelOutcome outcome = AsyncWaitersModel.Explore(mutation);

        Assert.NotNull(outcome.Violation);
        TestContext.Current.TestOutputHelper?.WriteLine(outcome.ToString());
    }
}
