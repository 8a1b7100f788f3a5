using Forebay.Memory;
using Forebay.Processes;

namespace Forebay.Tests.Processes;

public sealed class ProcessTableTests : IDisposable
{
    private readonly SharedSegment _segment;
    private readonly SegmentArray<ProcessRecord> _records;

    public ProcessTableTests()
    {
        SegmentLayout layout = new();
        SegmentRegion<ProcessRecord> region = layout.Reserve<ProcessRecord>(2);
        _segment = new SharedSegment(layout, false);
        _records = _segment.Array(region);
    }

    [Fact]
    public void Claim_SlotOfOneThatDiedWhileItAttached_IsUsed()
    {
        // Nobody watches a process that is not Live yet: each such death would cost the instance a slot for good.
        Assert.True(_records[0].TryMove(default, new ProcessWord(ProcessState.Claiming, 0)));
        ProcessTable table = new(_records, isShared: true);
        Assert.Equal(0, table.Own);
        Assert.Equal(1, table.Live);
    }

    [Fact]
    public void Claim_SlotThatIsBeingRecovered_IsLeftAlone()
    {
        Assert.True(_records[0].TryMove(default, new ProcessWord(ProcessState.Recovering, 0, recoverer: 1)));
        ProcessTable table = new(_records, isShared: true);
        Assert.Equal(1, table.Own);
        Assert.Throws<SharingException>(() => new ProcessTable(_records, isShared: true));
    }

    public void Dispose() => _segment.Dispose();
}
