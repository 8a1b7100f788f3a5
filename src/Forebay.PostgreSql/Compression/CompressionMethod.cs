namespace Forebay.PostgreSql.Compression;

/// <summary>How PostgreSQL compresses a value.</summary>
public enum CompressionMethod : byte
{
    /// <summary>PostgreSQL's own method.</summary>
    Pglz = 0,

    /// <summary>A block of LZ4.</summary>
    Lz4 = 1,
}
