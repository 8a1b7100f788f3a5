using System.Buffers;
using Forebay.PostgreSql.Catalog;
using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Relations;
using Forebay.PostgreSql.Toast;
using Forebay.PostgreSql.Tuples;

namespace Forebay.PostgreSql.Scans;

/// <summary>Values that the rows of a table store elsewhere, through the pool of the session that reads it.</summary>
/// <remarks>
/// A value is looked up in the B-tree that every TOAST table has: a few pages of the index, which stay in the pool, and
/// the value's own, read together. That is the cheaper way for one value and for all: an export reads the index beside
/// the TOAST table, where a pass that notes where each piece lies (<see cref="ToastStore"/>) reads the whole table a
/// second time. So that pass is left to TOAST tables whose index is not there or not complete. One flow at a time.
/// </remarks>
internal sealed class RelationToast(ForebaySession session, PostgreSqlCluster cluster, DatabaseCatalog catalog)
    : IToastSource
{
    private readonly Dictionary<uint, ToastIndex> _indexes = [];
    private readonly HashSet<uint> _unindexed = [];
    private readonly ToastStore _store = new(catalog, new SessionPages(session), cluster.Visibility);

    public DataFault Fetch(in ToastPointer pointer, IBufferWriter<byte> output)
    {
        if (_indexes.TryGetValue(pointer.ToastRelation, out ToastIndex? known))
            return known.Fetch(pointer, output);
        if (_unindexed.Contains(pointer.ToastRelation))
            return _store.Fetch(pointer, output);
        if (catalog.Find(pointer.ToastRelation) is not { Kind: RelationKind.Toast, HasStorage: true } relation)
            return DataFault.ToastMissing;
        HeapRelation table = HeapRelation.Open(session, cluster, catalog, relation);
        if (ToastIndex.TryOpen(table) is { } index)
            _indexes.Add(pointer.ToastRelation, index);
        else
            _unindexed.Add(pointer.ToastRelation);
        return Fetch(pointer, output);
    }
}
