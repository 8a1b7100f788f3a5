using System.Globalization;

namespace Forebay.Storage;

/// <summary>Names a relation the way PostgreSQL's files do: where it lies and its file number.</summary>
/// <param name="Tablespace">
/// Tablespace; 1663 is <c>base</c>, 1664 is <c>global</c>, others lie under <c>pg_tblspc</c>.
/// </param>
/// <param name="Database">Database; zero in <c>global</c>.</param>
/// <param name="Relation">File number of the relation.</param>
public readonly record struct RelationLocator(uint Tablespace, uint Database, uint Relation)
{
    /// <summary>The tablespace of ordinary relations, in the folder <c>base</c>.</summary>
    public const uint DefaultTablespace = 1663;

    /// <summary>The tablespace of relations that all databases share, in the folder <c>global</c>.</summary>
    public const uint GlobalTablespace = 1664;

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Tablespace}/{Database}/{Relation}");
}
