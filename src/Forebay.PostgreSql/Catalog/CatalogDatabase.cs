namespace Forebay.PostgreSql.Catalog;

/// <summary>A row of <c>pg_database</c>.</summary>
/// <param name="Id">The object id: the name of the directory of its files.</param>
/// <param name="Name">The name.</param>
/// <param name="Tablespace">Where relations lie that name no tablespace.</param>
/// <param name="Encoding">The number of its encoding; 6 is UTF-8.</param>
/// <param name="IsTemplate">Whether it may be copied by everybody who may create one.</param>
/// <param name="AllowsConnections">Whether anybody may connect to it.</param>
public sealed record CatalogDatabase(
    uint Id, string Name, uint Tablespace, int Encoding, bool IsTemplate, bool AllowsConnections);
