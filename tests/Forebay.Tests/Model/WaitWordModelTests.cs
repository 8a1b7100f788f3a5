namespace Forebay.Tests.Model;

public sealed class WaitWordModelTests
{
    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(2, 1, false)]
    [InlineData(1, 3, false)]
    [InlineData(2, 2, true)]
    [InlineData(3, 1, true)]
    public void WaitWord_EveryInterleaving_NobodySleepsForEver(int waiters, int moves, bool relaxedStores)
    {
        ModelOutcome outcome = WaitWordModel.Explore(WaitWordMutation.None, waiters, moves, relaxedStores);

        Assert.True(outcome.Violation is null, outcome.ToString());
        TestContext.Current.TestOutputHelper?.WriteLine(outcome.ToString());
    }

    [Theory]
    [InlineData(WaitWordMutation.MoveWithoutFence, 1)]
    [InlineData(WaitWordMutation.RegisterWithoutFence, 1)]
    [InlineData(WaitWordMutation.NoReRead, 1)]
    [InlineData(WaitWordMutation.TicketAfterReRead, 1)]
    [InlineData(WaitWordMutation.WakeWithoutSignal, 1)]
    [InlineData(WaitWordMutation.CountBeforeMove, 1)]
    [InlineData(WaitWordMutation.WakeOne, 2)]
    public void WaitWord_OneThingTakenAway_AWakeUpIsLost(WaitWordMutation mutation, int waiters)
    {
        ModelOutcome outcome = WaitWordModel.Explore(mutation, waiters, moves: 1);

        Assert.StartsWith("lost wake-up: waiter ", outcome.Violation);
        Assert.NotEmpty(outcome.Trace);
    }
}
