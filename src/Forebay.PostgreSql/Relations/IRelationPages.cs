using Forebay.Storage;

namespace Forebay.PostgreSql.Relations;

/// <summary>Pages of relations of a data directory, checked before they are handed out.</summary>
/// <remarks>
/// What reads catalogs and values stored elsewhere sees files through this only: straight from the files
/// (<see cref="ClusterPages"/>), or through a buffer pool.
/// </remarks>
public interface IRelationPages
{
    /// <summary>The relation's main fork as people know it: its path relative to the data directory.</summary>
    /// <param name="relation">The relation.</param>
    string NameOf(RelationLocator relation);

    /// <summary>How many whole blocks the main fork has.</summary>
    /// <param name="relation">The relation.</param>
    uint GetBlockCount(RelationLocator relation);

    /// <summary>Reads a block of the main fork.</summary>
    /// <param name="relation">The relation.</param>
    /// <param name="block">The block.</param>
    /// <param name="page">Where it goes: exactly a page long.</param>
    /// <exception cref="Pages.DamagedDataException">The page is damaged, or is not there.</exception>
    void Read(RelationLocator relation, uint block, Span<byte> page);
}
