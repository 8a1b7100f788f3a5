namespace Forebay.PostgreSql.Visibility;

/// <summary>What became of a row version, seen from a stopped cluster.</summary>
public enum TupleFate : byte
{
    /// <summary>It is there: everybody who looks now sees it.</summary>
    Live = 0,

    /// <summary>A transaction that committed deleted it, or replaced it by a newer version.</summary>
    Deleted = 1,

    /// <summary>Its inserter did not commit: nobody ever saw it.</summary>
    NeverCommitted = 2,
}
