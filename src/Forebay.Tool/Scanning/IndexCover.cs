using Forebay.PostgreSql.Scans.BTree;
using Forebay.Tool.Scanning.Conditions;
using Forebay.Tool.Scanning.Output;

namespace Forebay.Tool.Scanning;

/// <summary>Whether an index alone has all that a scan wants to know.</summary>
internal static class IndexCover
{
    /// <summary>Finds the columns of a scan among those of an index.</summary>
    /// <param name="index">The index.</param>
    /// <param name="plan">What comes out of the scan.</param>
    /// <returns>
    /// For each column of the table its place in the index, or -1; null if the table has to be read: for a column that
    /// the index lacks, or for the order of rows, which the table's pages alone tell.
    /// </returns>
    public static int[]? Find(BTreeIndex index, ScanPlan plan)
    {
        if (!plan.IsOrderFree)
            return null;
        int[] columns = [.. Enumerable.Range(0, index.Table.Columns.Count).Select(index.FindColumn)];
        foreach (Condition condition in plan.Conditions)
        {
            if (columns[condition.Column] < 0)
                return null;
        }

        foreach (OutputColumn column in plan.Printed)
        {
            if (column.IsPlace || columns[column.Index] < 0)
                return null;
        }

        return columns;
    }
}
