namespace Forebay.Handles;

/// <summary>What is done to the target.</summary>
public enum IoOperation : byte
{
    /// <summary>Not yet defined.</summary>
    None = 0,

    /// <summary>Scattered read into frames.</summary>
    ReadVector = 1,

    /// <summary>Gathered write from frames.</summary>
    WriteVector = 2,

    /// <summary>Reserved: make file data durable.</summary>
    SyncData = 3,

    /// <summary>Reserved: make file data and metadata durable.</summary>
    Sync = 4,
}
