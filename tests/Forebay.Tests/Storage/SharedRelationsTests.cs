using Forebay.Memory;
using Forebay.Processes;
using Forebay.Storage;
using Shared;

namespace Forebay.Tests.Storage;

/// <summary>Gates and generations of relations as two processes have them, over one segment.</summary>
public sealed class SharedRelationsTests : IDisposable
{
    private const int Dead = 5;

    private static readonly ForkIdentity s_fork = new(new RelationLocator(1663, 5, 16_384), ForkNumber.Main, 0);
    private readonly SharedSegment _segment;
    private readonly SharedRelations _mine;
    private readonly SharedRelations _others;
    private bool _hasStopped;

    public SharedRelationsTests()
    {
        SegmentLayout layout = new();
        SharedRelationsLayout regions = new(layout);
        _segment = new SharedSegment(layout, false);
        _mine = new SharedRelations(_segment, regions, processSlot: 1, CheckStopped);
        _others = new SharedRelations(_segment, regions, Dead, CheckStopped);
    }

    public static TheoryData<int> Kinds => [.. Enum.GetValues<GateKind>().Select(static kind => (int)kind)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void TakeOver_HolderOfAGateIsDead_TheNextOneGetsIn(int kind)
    {
        _others.Enter((GateKind)kind, s_fork, default);
        Task<int> waiter = Background.Run(() => _mine.Enter((GateKind)kind, s_fork, default));
        Assert.False(waiter.IsCompleted);
        _mine.TakeOver(Dead);
        _mine.Exit(Background.Join(waiter));
    }

    [Fact]
    public void TakeOver_HolderOfAGateIsDead_FilesAreOpenedAnew()
    {
        int before = _mine.GenerationOf(s_fork);
        _others.Enter(GateKind.Size, s_fork, default); // it may have removed some, and told nobody
        _mine.TakeOver(Dead);
        Assert.NotEqual(before, _mine.GenerationOf(s_fork));
    }

    [Fact]
    public void TakeOver_SomebodyElseIsInTheGate_HeStaysThere()
    {
        int before = _mine.GenerationOf(s_fork);
        int gate = _mine.Enter(GateKind.Size, s_fork, default);
        _mine.TakeOver(Dead);
        Assert.Equal(before, _mine.GenerationOf(s_fork));
        Task<int> waiter = Background.Run(() => _others.Enter(GateKind.Size, s_fork, default));
        _mine.Exit(gate);
        _others.Exit(Background.Join(waiter));
    }

    [Fact]
    public async Task Enter_HolderDoesNotComeBack_CanBeGivenUp()
    {
        int gate = _others.Enter(GateKind.Extend, s_fork, default); // by a process that is stopped
        using CancellationTokenSource cancel = new();
        Task<int> waiter = Background.Run(() => _mine.Enter(GateKind.Extend, s_fork, cancel.Token));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiter);
        Task<int> next = Background.Run(() => _mine.Enter(GateKind.Extend, s_fork, default));
        _others.Exit(gate); // it goes on
        _mine.Exit(Background.Join(next));
    }

    [Fact]
    public async Task Enter_InstanceStops_Throws()
    {
        _others.Enter(GateKind.Extend, s_fork, default);
        Task<int> waiter = Background.Run(() => _mine.Enter(GateKind.Extend, s_fork, default));
        Volatile.Write(ref _hasStopped, true);
        await Assert.ThrowsAsync<InstanceStoppedException>(() => waiter.WaitAsync(Background.Limit));
    }

    public void Dispose() => _segment.Dispose();

    private void CheckStopped()
    {
        if (Volatile.Read(ref _hasStopped))
            throw new InstanceStoppedException("It has stopped.");
    }
}
