using Forebay.PostgreSql.Catalog;
using Forebay.PostgreSql.Scans;
using Forebay.PostgreSql.Scans.BTree;
using Forebay.Tool.Output;
using Forebay.Tool.Scanning.Conditions;
using Forebay.Tool.Tables;

namespace Forebay.Tool.Scanning;

/// <summary>The index that a scan goes by, and the part of it that the conditions leave.</summary>
internal static class IndexChoice
{
    /// <summary>Finds an index of a table by its name.</summary>
    /// <param name="table">The table.</param>
    /// <param name="name">The name, as people write it.</param>
    /// <exception cref="CommandException">The table has no such index.</exception>
    public static CatalogIndex Find(ClusterTable table, string name)
    {
        IReadOnlyList<CatalogIndex> indexes = table.Catalog.ReadIndexes(table.Relation);
        if (QualifiedName.TryParsePart(name, out string wanted)
            && indexes.FirstOrDefault(index => index.Relation.Name == wanted) is { } found)
            return found;
        string known = indexes.Count == 0
            ? "none"
            : string.Join(", ", indexes.Select(index => index.Relation.Name));
        throw new CommandException($"--index: the table has no index '{name}'; it has {known}.");
    }

    /// <summary>Opens it.</summary>
    /// <param name="relation">The table, open in the session that will read.</param>
    /// <param name="index">One of its indexes.</param>
    /// <exception cref="CommandException">It cannot be gone by; the message says why.</exception>
    public static BTreeIndex Open(HeapRelation relation, CatalogIndex index)
    {
        try
        {
            return BTreeIndex.Open(relation, index);
        }
        catch (NotSupportedException refusal)
        {
            throw new CommandException($"--index: {refusal.Message}.", refusal);
        }
    }

    /// <summary>
    /// The part of the index outside of which no row fulfils the conditions: the first columns equal to constants, then
    /// one between bounds. Inside there may be others, so all conditions are looked at again.
    /// </summary>
    public static IndexRange RangeOf(CatalogIndex index, IReadOnlyList<Condition> conditions)
    {
        List<IndexKey> prefix = [];
        for (int key = 0; key < index.KeyCount; key++)
        {
            int column = index.Columns[key] - 1; // below 0: an expression
            IndexKey? equal = KeyOf(conditions, column, ComparisonOperator.Equal);
            if (equal is null)
            {
                return new IndexRange
                {
                    Prefix = prefix,
                    Low = KeyOf(conditions, column, ComparisonOperator.Greater, ComparisonOperator.GreaterOrEqual),
                    High = KeyOf(conditions, column, ComparisonOperator.Less, ComparisonOperator.LessOrEqual),
                };
            }

            prefix.Add(equal.Value);
        }

        return new IndexRange { Prefix = prefix };
    }

    private static IndexKey? KeyOf(
        IReadOnlyList<Condition> conditions, int column, params ReadOnlySpan<ComparisonOperator> operators)
    {
        foreach (Condition condition in conditions)
        {
            if (condition.Column == column && operators.Contains(condition.Operator) && condition.Key is { } key)
                return key;
        }

        return null;
    }
}
