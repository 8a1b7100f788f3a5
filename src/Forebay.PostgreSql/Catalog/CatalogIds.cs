namespace Forebay.PostgreSql.Catalog;

/// <summary>Object ids of catalogs: the same in every database of every version.</summary>
internal static class CatalogIds
{
    public const uint Types = 1247;
    public const uint Attributes = 1249;
    public const uint Classes = 1259;
    public const uint Databases = 1262;
    public const uint AccessMethods = 2601;
    public const uint Indexes = 2610;
    public const uint Namespaces = 2615;

    /// <summary>What is below belongs to the system.</summary>
    public const uint FirstOfUsers = 16384;
}
