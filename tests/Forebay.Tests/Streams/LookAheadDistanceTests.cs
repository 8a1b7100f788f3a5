using Forebay.Streams;

namespace Forebay.Tests.Streams;

/// <summary>The distances, against tables worked out by hand from the rules.</summary>
public sealed class LookAheadDistanceTests
{
    [Theory]
    [InlineData(272, 16, false, 1, 1)]
    [InlineData(272, 16, true, 16, 16)]
    [InlineData(10, 16, true, 10, 10)]
    [InlineData(1, 1, true, 1, 1)]
    public void New_AnyCapacity_BeginsAtOnePageOrOneOperation(
        int capacity, int combineLimit, bool isFull, int ahead, int combine)
    {
        LookAheadDistance distance = new(capacity, combineLimit, isFull);

        Assert.Equal((ahead, combine, 0), (distance.Ahead, distance.Combine, distance.HoldOff));
        Assert.False(distance.IsStopped);
    }

    [Fact]
    public void AfterIo_EachWaitedFor_DoublesBothToTheirLimits()
    {
        LookAheadDistance distance = new(272, 16, isFull: false);
        (int Ahead, int Combine)[] table =
        [
            (2, 2), (4, 4), (8, 8), (16, 16), (32, 16), (64, 16), (128, 16), (256, 16), (272, 16), (272, 16),
        ];
        foreach ((int ahead, int combine) in table)
        {
            distance.AfterIo(waited: true);
            Assert.Equal((ahead, combine, 272), (distance.Ahead, distance.Combine, distance.HoldOff));
        }
    }

    [Fact]
    public void AfterIo_NotWaitedFor_GrowsOperationsOnly()
    {
        LookAheadDistance distance = new(272, 12, isFull: false);
        foreach (int combine in (int[])[2, 4, 8, 12, 12])
        {
            distance.AfterIo(waited: false);
            Assert.Equal((1, combine, 272), (distance.Ahead, distance.Combine, distance.HoldOff));
        }
    }

    [Fact]
    public void AfterIo_CapacityBelowCombineLimit_BoundsOperationsToo()
    {
        LookAheadDistance distance = new(5, 16, isFull: false);
        for (int i = 0; i < 5; i++)
            distance.AfterIo(waited: true);

        Assert.Equal((5, 5), (distance.Ahead, distance.Combine));
    }

    [Fact]
    public void AfterHit_HeldOff_ShrinksOnlyAfterCapacityHits()
    {
        LookAheadDistance distance = new(6, 2, isFull: false);
        distance.AfterIo(waited: true);
        distance.AfterIo(waited: true); // 4 and 2, 6 held off

        for (int left = 5; left >= 0; left--)
        {
            distance.AfterHit();
            Assert.Equal((4, 2, left), (distance.Ahead, distance.Combine, distance.HoldOff));
        }

        foreach ((int ahead, int combine) in ((int, int)[])[(3, 1), (2, 1), (1, 1), (1, 1)])
        {
            distance.AfterHit();
            Assert.Equal((ahead, combine, 0), (distance.Ahead, distance.Combine, distance.HoldOff));
        }

        Assert.True(distance.IsMinimal);
    }

    [Fact]
    public void AfterIo_DuringDecay_HoldsOffAgain()
    {
        LookAheadDistance distance = new(4, 1, isFull: false);
        distance.AfterIo(waited: true);
        for (int i = 0; i < 5; i++)
            distance.AfterHit();
        Assert.Equal((1, 0), (distance.Ahead, distance.HoldOff));

        distance.AfterIo(waited: false);

        Assert.Equal((1, 1, 4), (distance.Ahead, distance.Combine, distance.HoldOff));
    }

    [Fact]
    public void Limit_FewerPinsThanDistance_ShrinksLookAheadOnly()
    {
        LookAheadDistance distance = new(64, 16, isFull: true);

        distance.Limit(7);
        Assert.Equal((7, 16), (distance.Ahead, distance.Combine));
        distance.Limit(9);
        Assert.Equal(7, distance.Ahead);
    }

    [Fact]
    public void Stop_ThenResume_GoesOnWhereItWas()
    {
        LookAheadDistance distance = new(64, 16, isFull: false);
        for (int i = 0; i < 3; i++)
            distance.AfterIo(waited: true);

        distance.Stop();
        Assert.True(distance.IsStopped);
        Assert.Equal((0, 0), (distance.Ahead, distance.Combine));
        distance.Stop(); // the end after a pause does not overwrite what is remembered
        distance.AfterIo(waited: true); // what was in flight ends meanwhile and moves nothing
        Assert.Equal((0, 0), (distance.Ahead, distance.Combine));
        distance.Resume();

        Assert.Equal((8, 8), (distance.Ahead, distance.Combine));
        distance.Resume();
        Assert.Equal(8, distance.Ahead);
    }

    [Fact]
    public void Restart_FullStream_BeginsAtOnePage()
    {
        LookAheadDistance distance = new(64, 16, isFull: true);
        distance.AfterIo(waited: true);
        distance.Stop();

        distance.Restart();

        Assert.True(distance.IsMinimal);
        Assert.Equal(0, distance.HoldOff);
        distance.Stop();
        distance.Resume();
        Assert.True(distance.IsMinimal);
    }

    [Theory]
    [InlineData(16, 16)]
    [InlineData(0, 16)]
    [InlineData(64, 1)]
    [InlineData(1000, 16)]
    public void AfterIo_EachWaitedFor_IsFullWithinTheLogarithm(int concurrency, int combineLimit)
    {
        int capacity = (concurrency + 1) * combineLimit;
        LookAheadDistance distance = new(capacity, combineLimit, isFull: false);
        int waits = 0;
        for (; distance.Ahead < capacity; waits++)
            distance.AfterIo(waited: true);

        Assert.True(waits <= 1 + (int)Math.Ceiling(Math.Log2(capacity)), $"{waits} waits for {capacity} pages");
    }
}
