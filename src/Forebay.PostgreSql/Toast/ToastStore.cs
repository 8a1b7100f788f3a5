using System.Buffers;
using Forebay.PostgreSql.Catalog;
using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Relations;
using Forebay.PostgreSql.Tuples;
using Forebay.PostgreSql.Visibility;

namespace Forebay.PostgreSql.Toast;

/// <summary>Fetches values that the rows of one database store elsewhere.</summary>
/// <remarks>
/// For each table of such values that is used, memory of 16 bytes a piece (of up to 2 kB of value) is kept. One thread
/// at a time.
/// </remarks>
/// <param name="catalog">The database.</param>
/// <param name="pages">Where pages come from: <see cref="PostgreSqlCluster.Pages"/>, or a buffer pool.</param>
/// <param name="visibility">Tells which pieces are there.</param>
public sealed class ToastStore(DatabaseCatalog catalog, IRelationPages pages, TupleVisibility visibility) : IToastSource
{
    private readonly Dictionary<uint, ToastTable> _tables = [];

    /// <inheritdoc/>
    /// <exception cref="DamagedDataException">A page of the table of pieces is damaged.</exception>
    public DataFault Fetch(in ToastPointer pointer, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (!_tables.TryGetValue(pointer.ToastRelation, out ToastTable? table))
        {
            CatalogRelation? relation = catalog.Find(pointer.ToastRelation);
            if (relation is not { Kind: RelationKind.Toast, HasStorage: true })
                return DataFault.ToastMissing;
            table = new ToastTable(pages, relation.Locator, visibility);
            _tables.Add(pointer.ToastRelation, table);
        }

        return table.Fetch(pointer, output);
    }
}
