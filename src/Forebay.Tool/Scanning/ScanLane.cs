using Forebay.PostgreSql.Scans;
using Forebay.Tool.Scanning.Conditions;
using Forebay.Tool.Scanning.Output;

namespace Forebay.Tool.Scanning;

/// <summary>One thread's part of a scan: rows that fulfil the conditions, printed into a buffer of its own.</summary>
internal sealed class ScanLane(ScanPlan plan, RowSink sink, RowQuota quota, CancellationToken interruption)
{
    private const int FlushBytes = 64 << 10;
    private const int RowsPerLook = 1024;

    private readonly OutputBuffer _buffer = new();

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
            Rows += whole.Count();
        else if (!quota.IsSpent)
            RunRows(scan);
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

    private void RunRows(HeapScan scan)
    {
        RowWriter? writer = RowWriter.Create(plan.Format, plan.Columns, _buffer);
        string file = scan.Table.Main.Path;
        int looked = 0;
        while (scan.TryNext(out HeapRow row))
        {
            if (++looked == RowsPerLook)
            {
                looked = 0;
                interruption.ThrowIfCancellationRequested();
                if (quota.IsSpent)
                    break;
            }

            if (!Fulfils(row, file))
                continue;
            if (!quota.TryTake())
                break;
            Rows++;
            writer?.WriteRow(row, file);
            if (_buffer.Length >= FlushBytes)
                Flush();
            if (quota.IsLimited && quota.IsSpent)
                break;
        }
    }

    private bool Fulfils(in HeapRow row, string file)
    {
        foreach (Condition condition in plan.Conditions)
        {
            if (!condition.Holds(row, file))
                return false;
        }

        return true;
    }
}
