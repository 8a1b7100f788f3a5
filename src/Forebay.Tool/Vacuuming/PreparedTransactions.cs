using System.Globalization;
using Forebay.PostgreSql.Clusters;

namespace Forebay.Tool.Vacuuming;

/// <summary>
/// Transactions that were prepared and have outlived their server: VACUUM leaves what they may still see.
/// </summary>
internal static class PreparedTransactions
{
    private const string Folder = "pg_twophase";

    /// <summary>The oldest one; null if there is none.</summary>
    /// <param name="dataDirectory">The data directory.</param>
    /// <param name="controlFile">Its control file.</param>
    public static uint? FindOldest(string dataDirectory, ControlFile controlFile)
    {
        string path = Path.Combine(dataDirectory, Folder);
        if (!Directory.Exists(path))
            return null;
        uint next = (uint)controlFile.NextTransaction;
        uint? oldest = null;
        foreach (string file in Directory.EnumerateFiles(path))
        {
            // A file is called by the transaction's number, in newer versions by one of 64 bits.
            if (!ulong.TryParse(
                Path.GetFileName(file), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong number))
                continue;
            uint transaction = (uint)number;
            // Numbers go round: the older one is farther from the next to come.
            if (oldest is not { } known || unchecked(next - transaction) > unchecked(next - known))
                oldest = transaction;
        }

        return oldest;
    }
}
