namespace Forebay.Streams;

/// <summary>Counting.</summary>
public abstract partial class ReadStream
{
    private long _returned;
    private long _distanceTotal;
    private int _distanceMax;
    private long _waits;
    private long _operations;
    private long _operationBlocks;
    private long _inProgressTotal;
    private long _wasted;

    /// <summary>What the stream has done so far.</summary>
    public ReadStreamStatistics Statistics => new(
        _returned + _returnedCached,
        _distanceTotal + _returnedCached,
        Math.Max(_distanceMax, _returnedCached > 0 ? 1 : 0),
        _distance.Capacity,
        _waits,
        _operations,
        _operationBlocks,
        _inProgressTotal,
        _wasted);
}
