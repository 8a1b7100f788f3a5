namespace Forebay.Tests.Model;

public sealed class HandleModelTests
{
    public static TheoryData<HandleOwner, int, bool, bool> Scenarios()
    {
        TheoryData<HandleOwner, int, bool, bool> data = [];
        foreach (HandleOwner owner in Enum.GetValues<HandleOwner>())
        {
            data.Add(owner, 1, true, true);
            data.Add(owner, 1, false, true);
            data.Add(owner, 2, true, false);
            if (owner != HandleOwner.ReclaimsAndHandsOutAgain) // too large to be explored at every run
                data.Add(owner, 2, false, false);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Handle_EveryInterleaving_ExecutesOnceAndEverybodyReturns(
        HandleOwner owner, int waiters, bool needsHelp, bool relaxedStores)
    {
        ModelOutcome outcome = HandleModel.Explore(HandleMutation.None, owner, waiters, needsHelp, relaxedStores);

        Assert.True(outcome.Violation is null, outcome.ToString());
        TestContext.Current.TestOutputHelper?.WriteLine(outcome.ToString());
    }

    [Theory]
    [InlineData(HandleMutation.WaitersDoNotClaim, HandleOwner.StagesAndStops, true, "lost wake-up: waiter 1")]
    [InlineData(HandleMutation.WaitersDoNotClaim, HandleOwner.StagesAndStops, false, "lost wake-up: waiter 1")]
    [InlineData(HandleMutation.NoSignalAtStaging, HandleOwner.StagesAndStops, true, "lost wake-up: waiter 1")]
    [InlineData(HandleMutation.NoSignalAfterSubmit, HandleOwner.SubmitsAndStops, true, "lost wake-up: waiter 1")]
    [InlineData(HandleMutation.NoFenceAfterSubmit, HandleOwner.SubmitsAndStops, true, "lost wake-up: waiter 1")]
    [InlineData(HandleMutation.LaneNotReRead, HandleOwner.SubmitsAndStops, true, "lost wake-up: waiter 1")]
    [InlineData(HandleMutation.NoSignalAtCompletion, HandleOwner.SubmitsAndStops, false, "lost wake-up: waiter 1")]
    [InlineData(HandleMutation.NoSignalAtRelease, HandleOwner.Releases, true, "lost wake-up: waiter 1")]
    [InlineData(HandleMutation.ClaimWithoutCompare, HandleOwner.SubmitsAndStops, false, "")]
    [InlineData(HandleMutation.GenerationStands, HandleOwner.ReclaimsAndHandsOutAgain, false, "lost wake-up: waiter 1")]
    public void Handle_OneThingTakenAway_IsFound(
        HandleMutation mutation, HandleOwner owner, bool needsHelp, string violation)
    {
        ModelOutcome outcome = HandleModel.Explore(mutation, owner, waiters: 1, needsHelp);

        Assert.NotNull(outcome.Violation);
        Assert.StartsWith(violation, outcome.Violation);
        TestContext.Current.TestOutputHelper?.WriteLine(outcome.ToString());
    }

    [Theory]
    [InlineData(HandleMutation.StagingWithoutFence, "executes what is not described")]
    [InlineData(HandleMutation.CompletionWithoutFence, "completed without its outcome")]
    public void Handle_AFenceTakenAway_IsFoundWhereStoresOvertakeEachOther(HandleMutation mutation, string violation)
    {
        ModelOutcome outcome = HandleModel.Explore(
            mutation, HandleOwner.StagesAndStops, waiters: 2, needsHelp: true, relaxedStores: true);

        Assert.EndsWith(violation, outcome.Violation);
        TestContext.Current.TestOutputHelper?.WriteLine(outcome.ToString());
    }
}
