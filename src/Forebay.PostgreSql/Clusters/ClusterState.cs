namespace Forebay.PostgreSql.Clusters;

/// <summary>What the server was doing when it last wrote the control file.</summary>
public enum ClusterState : uint
{
    /// <summary>Starting up.</summary>
    Starting = 0,

    /// <summary>Shut down cleanly: every change is in the data files.</summary>
    ShutDown = 1,

    /// <summary>Shut down cleanly, as a standby that had not finished its recovery.</summary>
    ShutDownInRecovery = 2,

    /// <summary>Shutting down.</summary>
    ShuttingDown = 3,

    /// <summary>Recovering from a crash.</summary>
    InCrashRecovery = 4,

    /// <summary>Recovering from an archive, or following another server.</summary>
    InArchiveRecovery = 5,

    /// <summary>In production, or stopped in the middle of it.</summary>
    InProduction = 6,
}
