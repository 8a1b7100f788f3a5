namespace Forebay.Buffers;

/// <summary>What a page check found.</summary>
public enum PageVerdict
{
    /// <summary>The page is good (a page of zeros is, in PostgreSQL's format).</summary>
    Good,

    /// <summary>Only the checksum does not fit: accepted where checksum failures are ignored.</summary>
    ChecksumFailure,

    /// <summary>The page is no page; never accepted.</summary>
    Damaged,
}
