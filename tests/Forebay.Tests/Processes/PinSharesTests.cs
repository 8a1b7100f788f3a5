using Forebay.Buffers;
using Forebay.Memory;
using Shared;

namespace Forebay.Tests.Processes;

/// <summary>What sessions of several processes may pin, however they come, go and die.</summary>
public sealed class PinSharesTests : IDisposable
{
    private const int Processes = 4;
    private const int Frames = 6000;

    private readonly SharedSegment _segment;
    private readonly PinShares[] _shares;

    public PinSharesTests()
    {
        SegmentLayout layout = new();
        SegmentRegion<long> region = layout.Reserve<long>(PinShares.LengthFor(Processes));
        _segment = new SharedSegment(layout, hugePages: false);
        SegmentArray<long> cells = _segment.Array(region);
        _shares = [.. Enumerable.Range(0, Processes).Select(slot => new PinShares(cells, Frames, slot))];
    }

    public void Dispose() => _segment.Dispose();

    [Fact]
    public void PerSession_SessionsOfSeveralProcesses_EachAndOneMoreHasItsPart()
    {
        Assert.Equal(Frames, _shares[0].PerSession);
        _shares[0].Change(1);
        _shares[1].Change(1);
        Assert.Equal(Frames / 3, _shares[2].PerSession);
        _shares[1].Change(-1);
        Assert.Equal(Frames / 2, _shares[0].PerSession);
    }

    [Fact]
    public void Forget_SessionsOfADeadProcess_CountNoMoreHoweverOftenItIsSaid()
    {
        _shares[0].Change(1);
        _shares[1].Change(3);
        _shares[2].Forget(1);
        _shares[2].Forget(1);
        Assert.Equal(Frames / 2, _shares[0].PerSession);
    }

    // Sums are made while others come and go, and while deaths are said: the last one has them all.
    [Fact]
    public void Change_WhileOthersChangeAndForget_NothingIsLost()
    {
        int rounds = 20_000 * Stress.Factor;
        Thread[] threads = [.. Enumerable.Range(0, Processes).Select(slot => new Thread(() =>
        {
            for (int i = 0; i < rounds; i++)
            {
                if (slot == 3)
                    _shares[slot].Forget(2); // which has none
                else if (slot != 2)
                    _shares[slot].Change(i % 2 == 0 ? 1 : -1);
            }

            if (slot is 0 or 1)
                _shares[slot].Change(1);
        }))];
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => thread.Join());
        Assert.Equal(Frames / 3, _shares[3].PerSession);
    }
}
