using Forebay.PostgreSql.Scans;
using Forebay.PostgreSql.Scans.BTree;
using Forebay.Tool.Scanning.Conditions;
using Forebay.Tool.Scanning.Output;

namespace Forebay.Tool.Scanning;

/// <summary>One thread's part of a scan: rows that fulfil the conditions, printed into a buffer of its own.</summary>
internal sealed class ScanLane(ScanPlan plan, RowSink sink, RowQuota quota, CancellationToken interruption)
{
    private const int FlushBytes = 64 << 10;
    private const int RowsPerLook = 1024;

    private readonly OutputBuffer _buffer = new();
    private int _looked;

    /// <summary>Rows that came out.</summary>
    public long Rows { get; private set; }

    /// <summary>What the scan did.</summary>
    public ScanStatistics Statistics { get; private set; }

    /// <summary>
    /// Goes to the end of a scan, or of what is wanted of it. What is printed last stays in the buffer.
    /// </summary>
    /// <exception cref="OperationCanceledException">It was interrupted.</exception>
    /// <exception cref="ReaderGoneException">Nobody reads any more.</exception>
    public void Run(HeapScan scan)
    {
        if (plan.IsPlainCount && scan is SequentialScan whole)
        {
            Rows += whole.Count();
        }
        else if (!quota.IsSpent)
        {
            RowWriter? writer = RowWriter.Create(plan.Format, plan.Columns, _buffer);
            string file = scan.Table.Main.Path;
            while (scan.TryNext(out HeapRow row) && Take(new HeapTableRow(row, file), writer))
            {
                // Take has done it all.
            }
        }

        Statistics += scan.Statistics;
        interruption.ThrowIfCancellationRequested();
    }

    /// <summary>As <see cref="Run(HeapScan)"/>, of what an index alone knows.</summary>
    /// <param name="scan">The scan.</param>
    /// <param name="columns">For each column of the table its place in the index.</param>
    /// <exception cref="OperationCanceledException">It was interrupted.</exception>
    /// <exception cref="ReaderGoneException">Nobody reads any more.</exception>
    public void Run(IndexOnlyScan scan, int[] columns)
    {
        if (plan.IsPlainCount)
        {
            Rows += scan.Count();
        }
        else if (!quota.IsSpent)
        {
            RowWriter? writer = RowWriter.Create(plan.Format, plan.Columns, _buffer);
            while (scan.TryNext(out IndexRow row) && Take(new IndexTableRow(row, columns), writer))
            {
                // Take has done it all.
            }
        }

        Statistics += scan.Statistics;
        interruption.ThrowIfCancellationRequested();
    }

    /// <summary>Writes what is left.</summary>
    /// <exception cref="ReaderGoneException">Nobody reads any more.</exception>
    public void Flush()
    {
        if (_buffer.Length > 0)
            sink.Write(_buffer.Written);
        _buffer.Clear();
    }

    // False: that was enough.
    private bool Take<TRow>(scoped in TRow row, RowWriter? writer)
        where TRow : ITableRow, allows ref struct
    {
        if (++_looked == RowsPerLook)
        {
            _looked = 0;
            interruption.ThrowIfCancellationRequested();
            if (quota.IsSpent)
                return false;
        }

        if (!Fulfils(row))
            return true;
        if (!quota.TryTake())
            return false;
        Rows++;
        writer?.WriteRow(row);
        if (_buffer.Length >= FlushBytes)
            Flush();
        return !quota.IsLimited || !quota.IsSpent;
    }

    private bool Fulfils<TRow>(scoped in TRow row)
        where TRow : ITableRow, allows ref struct
    {
        foreach (Condition condition in plan.Conditions)
        {
            if (!condition.Holds(row))
                return false;
        }

        return true;
    }
}
