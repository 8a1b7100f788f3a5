using System.Collections.Concurrent;
using Forebay.Handles;

namespace Forebay.Testing;

/// <summary>
/// Gives chosen operations another raw result than the one the kernel gave: the n-th read fails, comes out short, or is
/// interrupted. Passed to <see cref="ForebayOptions.HoldPoints"/>. Any number of threads reach it; operations are
/// counted
/// in the order in which their results come in, so a plan is only exact where one operation is in flight at a time.
/// </summary>
/// <remarks>
/// The transfer itself has happened by then: a read that "fails" has filled its pages, and a write that "fails" is in
/// the
/// file. What is tested is what the code above makes of the answer.
/// </remarks>
public sealed class FaultPlan : IHoldPoints
{
    private readonly ConcurrentDictionary<(IoOperation Operation, long Number), int> _results = new();
    private long _reads;
    private long _writes;

    /// <summary>Reads whose results have come in, repeated ones included.</summary>
    public long Reads => Interlocked.Read(ref _reads);

    /// <summary>Writes whose results have come in, repeated ones included.</summary>
    public long Writes => Interlocked.Read(ref _writes);

    /// <summary>Makes the n-th operation of a kind fail.</summary>
    /// <param name="operation">A read or a write.</param>
    /// <param name="number">Which, from 1.</param>
    /// <param name="errno">The error number, positive as in errno.h: 5 is an input/output error.</param>
    public FaultPlan Fail(IoOperation operation, long number, int errno)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(errno, 1);
        return Plan(operation, number, -errno);
    }

    /// <summary>Makes the n-th operation of a kind transfer no more than the given number of bytes.</summary>
    /// <param name="operation">A read or a write.</param>
    /// <param name="number">Which, from 1.</param>
    /// <param name="bytes">Bytes; zero is what a read at the end of a file comes out as.</param>
    public FaultPlan Shorten(IoOperation operation, long number, int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        return Plan(operation, number, bytes);
    }

    /// <inheritdoc/>
    public void Reached(HoldPoint point, in IoHandleView handle, ref int rawResult)
    {
        if (point != HoldPoint.RawResult || handle.Operation is not (IoOperation.ReadVector or IoOperation.WriteVector))
            return;
        long number = handle.Operation == IoOperation.ReadVector
            ? Interlocked.Increment(ref _reads)
            : Interlocked.Increment(ref _writes);
        if (_results.TryRemove((handle.Operation, number), out int planned))
            rawResult = planned < 0 ? planned : Math.Min(planned, rawResult);
    }

    private FaultPlan Plan(IoOperation operation, long number, int rawResult)
    {
        if (operation is not (IoOperation.ReadVector or IoOperation.WriteVector))
            throw new ArgumentException($"Only reads and writes can be planned, not {operation}.", nameof(operation));
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        _results[(operation, number)] = rawResult;
        return this;
    }
}
