using Forebay.Methods.Worker;

namespace Forebay.Tests.Methods.Worker;

public sealed class WakeHistoryTests
{
    [Fact]
    public void MayWakeOthers_NeverWoken_IsTrue()
    {
        WakeHistory history = default;
        Assert.True(history.MayWakeOthers);
    }

    [Fact]
    public void MayWakeOthers_WokenWithoutWorkYet_IsFalse()
    {
        WakeHistory history = default;
        history.CountWakeUp();
        Assert.False(history.MayWakeOthers);
        history.CountOperation();
        Assert.True(history.MayWakeOthers);
    }

    [Fact]
    public void MayWakeOthers_WokenForNothingAgainAndAgain_NeedsSeveralOperationsToRecover()
    {
        WakeHistory history = default;
        for (int i = 0; i < 100; i++)
            history.CountWakeUp();

        // Between two halvings the count is 2 or 3: only the last few events are remembered.
        int operations = 0;
        while (!history.MayWakeOthers)
        {
            history.CountOperation();
            operations++;
        }

        Assert.InRange(operations, 2, 3);
    }

    [Fact]
    public void MayWakeOthers_ManyOperationsPerWakeUp_StaysTrueWhenWoken()
    {
        WakeHistory history = default;
        for (int i = 0; i < 50; i++)
        {
            history.CountWakeUp();
            for (int operation = 0; operation < 10; operation++)
                history.CountOperation();
        }

        history.CountWakeUp();
        Assert.True(history.MayWakeOthers);
    }
}
