namespace Forebay.PostgreSql.Tuples;

/// <summary>The first set of flag bits of a row's header.</summary>
[Flags]
public enum TupleBits : ushort
{
    /// <summary>No bit is set.</summary>
    None = 0,

    /// <summary>There is a null bitmap.</summary>
    HasNulls = 0x0001,

    /// <summary>There are columns of variable length.</summary>
    HasVariableWidth = 0x0002,

    /// <summary>There are values stored elsewhere.</summary>
    HasExternal = 0x0004,

    /// <summary>There is an object id before the data, as up to PostgreSQL 11.</summary>
    HasObjectId = 0x0008,

    /// <summary>The deleter's slot holds a lock on the key, shared.</summary>
    LockedKeyShared = 0x0010,

    /// <summary>The command id stands for two.</summary>
    CombinedCommand = 0x0020,

    /// <summary>The deleter's slot holds an exclusive lock.</summary>
    LockedExclusive = 0x0040,

    /// <summary>Whoever is in the deleter's slot only locks the row.</summary>
    LockedOnly = 0x0080,

    /// <summary>Hint: the inserter committed.</summary>
    InserterCommitted = 0x0100,

    /// <summary>Hint: the inserter did not commit. With the bit before: frozen, visible to everybody.</summary>
    InserterInvalid = 0x0200,

    /// <summary>The row is frozen: inserted long ago.</summary>
    Frozen = InserterCommitted | InserterInvalid,

    /// <summary>Hint: the deleter committed.</summary>
    DeleterCommitted = 0x0400,

    /// <summary>Hint: there is no deleter, or it did not commit.</summary>
    DeleterInvalid = 0x0800,

    /// <summary>The deleter's slot holds a multitransaction.</summary>
    DeleterIsMulti = 0x1000,

    /// <summary>This version came from an update.</summary>
    Updated = 0x2000,

    /// <summary>Moved away by a VACUUM FULL before PostgreSQL 9.0.</summary>
    MovedOff = 0x4000,

    /// <summary>Moved here by a VACUUM FULL before PostgreSQL 9.0.</summary>
    MovedIn = 0x8000,
}
