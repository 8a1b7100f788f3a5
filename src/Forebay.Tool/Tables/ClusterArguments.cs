using System.CommandLine;
using Forebay.PostgreSql.Catalog;
using Forebay.Tool.Output;

namespace Forebay.Tool.Tables;

/// <summary>The words that the commands on a data directory share.</summary>
internal static class ClusterArguments
{
    /// <summary>PGDATA.</summary>
    public static Argument<string> DataDirectory() => new("PGDATA")
    {
        Description = "A data directory of PostgreSQL 15 to 18 that was shut down cleanly.",
    };

    /// <summary>Opens what was given as <see cref="DataDirectory"/>.</summary>
    /// <exception cref="CommandException">Nothing was given.</exception>
    /// <exception cref="PostgreSql.Clusters.ClusterException">It cannot be read.</exception>
    public static PostgreSqlCluster Open(string directory) => directory.Length == 0
        ? throw new CommandException("PGDATA is empty; it is the name of a data directory.")
        : PostgreSqlCluster.Open(directory);
}
